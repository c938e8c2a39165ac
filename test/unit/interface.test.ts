import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { AvalaApi } from '../../credentials/AvalaApi.credentials';
import { Avala } from '../../nodes/Avala/Avala.node';
import { AvalaMissedEventsTrigger } from '../../nodes/Avala/AvalaMissedEventsTrigger.node';
import { AvalaTrigger } from '../../nodes/Avala/AvalaTrigger.node';

const credential = new AvalaApi();
const nodes = [new Avala(), new AvalaTrigger(), new AvalaMissedEventsTrigger()];

const withoutTexts = (key: string, value: unknown) =>
	key === 'multipleValueButtonText' ? undefined : value;

/** What a saved workflow relies on, a line for each parameter; what the editor shows beside it may change. */
function linesOf(properties: INodeProperties[], place: string): string[] {
	const parameters = properties.filter(({ type }) => type !== 'notice');
	return parameters.flatMap((property) => {
		const { name, type, default: value, required, noDataExpression, typeOptions } = property;
		const { displayOptions = {}, modes = [], options = [] } = property;
		const { resource = [], operation = [], ...show } = displayOptions.show ?? {};
		const path = [place, ...resource, ...operation, name].join(' ');
		const choices = options.flatMap((option) => ('value' in option ? [String(option.value)] : []));
		const fields = options.filter((option) => 'type' in option);
		const line = [
			`${path}: ${type} = ${JSON.stringify(value)}`,
			...(required ? ['required'] : []),
			...(noDataExpression ? ['no expression'] : []),
			...(Object.keys(show).length > 0 ? [`shown with ${JSON.stringify(show)}`] : []),
			...(displayOptions.hide ? [`hidden with ${JSON.stringify(displayOptions.hide)}`] : []),
			...(typeOptions ? [JSON.stringify(typeOptions, withoutTexts)] : []),
			...(choices.length > 0 ? [`one of ${choices.join(' ')}`] : []),
			...modes.map(
				(mode) => `${mode.name}: ${mode.type} ${JSON.stringify(mode.typeOptions ?? {})}`,
			),
		].join(', ');
		return [line, ...linesOf(fields, path)];
	});
}

function interfaceOf(description: INodeTypeDescription): string[] {
	const { name, version, group, inputs, outputs, usableAsTool, credentials, webhooks } =
		description;
	const node = { version, group, inputs, outputs, usableAsTool, credentials, webhooks };
	return [`${name} ${JSON.stringify(node)}`, ...linesOf(description.properties, name)];
}

it('a saved workflow does what it did when it was saved: it leaves out what has its default', () => {
	const recorded = readFileSync(path.join(__dirname, 'interface.txt'), 'utf8').trimEnd();
	expect(nodes.flatMap(({ description }) => interfaceOf(description))).toEqual(
		recorded.split('\n'),
	);
});

const SHOWN =
	/^(?:displayName|name|subtitle|description|placeholder|hint|action|buttonText|multipleValueButtonText|propertyHint|searchHint|relationHint|message|active|inactive)$/;

/** The places of the texts in a description that are blank. */
function blankIn(value: unknown, place: string): string[] {
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
		const isBlank = SHOWN.test(key) && typeof inner === 'string' && inner.trim() === '';
		return isBlank ? [`${place}.${key}`] : blankIn(inner, `${place}.${key}`);
	});
}

it('no label, text or hint that the editor shows is blank', () => {
	expect(blankIn(credential, credential.name)).toEqual([]);
	for (const { description } of nodes) expect(blankIn(description, description.name)).toEqual([]);
});

it('the nodes and the credential have a picture for each theme', () => {
	const pictures = nodes.map(({ description: { icon } }) => ({ icon, folder: 'nodes/Avala' }));
	for (const { icon, folder } of [...pictures, { icon: credential.icon, folder: 'credentials' }]) {
		const files = typeof icon === 'object' ? [icon.light, icon.dark] : [];
		expect(new Set(files).size).toBe(2);
		for (const file of files) {
			const picture = path.join(__dirname, '../..', folder, file.replace(/^file:/, ''));
			expect(statSync(picture).isFile()).toBe(true);
		}
	}
});
