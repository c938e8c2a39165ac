import { validateNodeDescription } from 'n8n-core/dist/nodes-loader/validate-node-description';
import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import manifest from '../../package.json';
import { AvalaApi } from '../../credentials/AvalaApi.credentials';
import { RESOURCES } from '../../nodes/Avala/actions/resources';
import { Avala } from '../../nodes/Avala/Avala.node';
import { AvalaTrigger } from '../../nodes/Avala/AvalaTrigger.node';
import { EVENT_CATALOGUE } from '../../nodes/Avala/shared/eventCatalogue';
import { makeNode, makeWorkflow } from '../support/n8n';

const avala = new Avala();
const trigger = new AvalaTrigger();
const operations = RESOURCES.flatMap(({ operations: all }) => all);
const readme = readFileSync(path.join(__dirname, '../../README.md'), 'utf8');

/** Every parameter, those in collections included. */
function flatten(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => [
		property,
		...(property.type === 'collection'
			? flatten((property.options ?? []) as INodeProperties[])
			: []),
	]);
}

describe('a field that need not be filled in', () => {
	const mayBeEmpty = ({ type, required, default: start }: INodeProperties) =>
		required !== true &&
		type !== 'notice' &&
		(['collection', 'dateTime', 'multiOptions', 'resourceLocator'].includes(type) || start === '');
	/** Whether a choice shows it, which needs it then. */
	const isOfChoice = ({ displayOptions: { show = {} } = {} }: INodeProperties) =>
		Object.entries(show).some(
			([name, values = []]) =>
				!['resource', 'operation'].includes(name) &&
				values.every((value) => typeof value === 'string'),
		);
	const optional = [avala.description, trigger.description, new AvalaApi()]
		.flatMap(({ properties }) => properties)
		.filter((property) => mayBeEmpty(property) && !isOfChoice(property));

	it.each(optional.map(({ displayName, description = '' }) => [displayName, description]))(
		'says “Optional”, a collection for all that can be added to it: %s: %s',
		(name, description) => {
			const isUpdate = name === 'Update Fields';
			expect(description).toMatch(isUpdate ? /at least one/ : /^Optional\b/);
		},
	);

	it('alone says so', () => {
		const others = flatten([...avala.description.properties, ...trigger.description.properties])
			.filter((property) => !mayBeEmpty(property))
			.map(({ description = '' }) => description);
		expect(others.filter((text) => text.includes('Optional'))).toEqual([]);
	});
});

describe('the Avala node', () => {
	const all = flatten(avala.description.properties).filter(({ type }) => type !== 'notice');

	it('offers only searches that there are', () => {
		const modes = all.flatMap((property) => property.modes ?? []);
		for (const { typeOptions: { searchListMethod = 'searchProjects' } = {} } of modes) {
			expect(Object.keys(avala.methods.listSearch)).toContain(searchListMethod);
		}
	});

	it('describes every parameter, for people and for models', () => {
		for (const { name, description } of all.filter(
			({ name }) =>
				!['resource', 'operation', 'additionalFields', 'updateFields', 'filters'].includes(name),
		)) {
			expect({ name, description }).toEqual({ name, description: expect.stringMatching(/.{10}/) });
		}
	});
});

describe('what people search for and read', () => {
	it.each(['Avala', 'AvalaTrigger'])('%s does not push other nodes aside in the search', (name) => {
		const codex = readFileSync(path.join(__dirname, `../../nodes/Avala/${name}.node.json`), 'utf8');
		const { alias } = JSON.parse(codex) as { alias: string[] };
		const common = [
			'webhook',
			'task',
			'tasks',
			'export',
			'dataset',
			'project',
			'delivery',
			'event',
		];
		expect(alias.filter((word) => common.includes(word.toLowerCase()))).toEqual([]);
	});

	it('is not cut: the text of an operation has 100 characters at most, its action no article', () => {
		for (const { action, description } of operations) {
			expect(description.length).toBeLessThanOrEqual(100);
			expect(action).not.toMatch(/\b(?:a|an|the)\b/i);
		}
	});
});

describe('n8n', () => {
	it('loads both nodes and keeps their hints for its workflow builder', () => {
		for (const { description } of [avala, trigger]) {
			expect(() => validateNodeDescription(description)).not.toThrow();
		}
	});
});

describe('the trigger', () => {
	const nodeWith = (parameters: INodeParameters) =>
		makeNode('n8n-nodes-avala.avalaTrigger', 2, parameters);

	it.each<[INodeParameters, string]>([
		[{ events: ['task.completed', 'export.completed'] }, 'task.completed, export.completed'],
		[
			{ events: ['*'], options: { customEvents: ['task.submitted'] } },
			'All event types, task.submitted',
		],
		[{ events: [], options: { customEvents: ['task.submitted', ''] } }, 'task.submitted'],
		[{ events: ['task.completed'], options: { customEvents: [[]] as never } }, 'task.completed'],
		[{ events: ['task.completed'], options: { customEvents: '' } }, 'task.completed'],
	])('says under its name which events start it: %j', (parameters, subtitle) => {
		const node = nodeWith(parameters);
		const { expression } = makeWorkflow([node]);
		expect(
			expression.getSimpleParameterValue(node, trigger.description.subtitle, 'manual', {}),
		).toBe(subtitle);
	});

	it.each<[INodeParameters, boolean]>([
		[{}, false],
		[{ events: [] }, true],
		[{ events: [], options: { ipAllowlist: '192.0.2.1' } }, true],
		[{ events: [], options: { customEvents: [''] } }, true],
		[{ events: [], options: { customEvents: ['task.submitted'] } }, false],
		[{ events: [], options: { customEvents: '={{ ["task.submitted"] }}' } }, false],
	])('is marked in the editor when no event type is selected: %j', (parameters, isMarked) => {
		const node = nodeWith(parameters);
		const { properties } = trigger.description;
		const filled =
			NodeHelpers.getNodeParameters(
				properties,
				parameters,
				true,
				false,
				node,
				trigger.description,
			) ?? {};
		expect(filled.events).toEqual(parameters.events ?? ['task.completed']);
		const issues = NodeHelpers.getNodeParametersIssues(
			properties,
			{ ...node, parameters: filled },
			trigger.description,
		);
		expect(Object.keys(issues?.parameters ?? {})).toEqual(isMarked ? ['events'] : []);
	});

	it.each<[INodeParameters, boolean]>([
		[{ events: ['*', 'task.completed'] }, true],
		[{ events: ['*'] }, false],
		[{ events: ['*'], options: { customEvents: ['task.submitted'] } }, false],
	])('says what a type does that is selected beside all event types: %j', (parameters, isSaid) => {
		const shown = [avala, trigger].map(({ description }) => {
			const all = { resource: 'webhook', operation: 'create', ...parameters };
			return description.properties
				.filter(({ name }) => name === 'allEventsNotice')
				.map((notice) => NodeHelpers.displayParameter(all, notice, null, description));
		});
		expect(shown).toEqual([[isSaid], [isSaid]]);
	});
});

it('the README lists every type of the catalogue', () => {
	for (const { value } of EVENT_CATALOGUE) expect(readme).toContain(`\`${String(value)}\``);
});

describe('the package', () => {
	it('has no runtime dependency and one peer', () => {
		expect(manifest).not.toHaveProperty('dependencies');
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
	});
});
