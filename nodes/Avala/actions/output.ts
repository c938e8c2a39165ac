import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isBlank, notUnderstood, readBoolean, readTexts } from '../shared/values';
import type { Connection } from '../transport/connection';
import { labelOf } from './fields';
import type { ItemRun } from './operation';
import { isTool } from './operation';
import { parameterOf } from './parameters';

/** What an operation gives of an entry: few fields, all of them, or those that are named. */
export interface OutputForms {
	/** Ten fields at most, by the same names in every wire format. */
	simplify(entry: IDataObject, connection?: Connection): IDataObject;
	/** All that Avala sent, with what the node adds to it. */
	complete(entry: IDataObject): IDataObject;
	/** The ID, which is in every output, and the names of the fields that can be selected one by one. */
	fields: readonly string[];
}

/** A field; with others behind it, the first of them that was sent fills it in. */
type FieldNames = ReadonlyArray<string | readonly [string, ...string[]]>;

/**
 * @param names the fields of the simplified form
 * @param further what can be selected beside them
 * @param add what the node adds to both forms
 */
export function formsOf(
	names: FieldNames,
	further: readonly string[] = [],
	add: (entry: IDataObject) => IDataObject = () => ({}),
): OutputForms {
	const simplify = (entry: IDataObject) => ({ ...pickFields(entry, names), ...add(entry) });
	return {
		simplify,
		complete: (entry) => ({ ...entry, ...add(entry) }),
		fields: [...Object.keys(simplify({})), ...further],
	};
}

/** The named fields of what Avala sent, with its values as they are; null where it sent none. */
export function pickFields(sent: IDataObject, names: FieldNames): IDataObject {
	return Object.fromEntries(
		names.map((name) => {
			const spellings = typeof name === 'string' ? [name] : name;
			const found = spellings.find((spelling) => (sent[spelling] ?? null) !== null);
			return [spellings[0], found === undefined ? null : sent[found]];
		}),
	);
}

export interface Output {
	/** Tells this output from others that are made of the same entries. */
	choice: readonly string[];
	show(entry: IDataObject): IDataObject;
}

/** As n8n's own nodes have it: a switch for people, a choice for AI agents. */
export function outputProperties(forms: OutputForms | undefined): INodeProperties[] {
	if (forms === undefined) return [];
	const [, ...fields] = forms.fields;
	const options = fields
		.map((name) => ({ name: labelOf(name), value: name }))
		.sort((a, b) => a.name.localeCompare(b.name));
	return [
		{
			displayName: 'Simplify',
			name: 'simplify',
			type: 'boolean',
			displayOptions: { hide: { '@tool': [true] } },
			default: true,
			description: 'Whether to return a simplified version of the response instead of the raw data',
		},
		{
			displayName: 'Output',
			name: 'output',
			type: 'options',
			displayOptions: { show: { '@tool': [true] } },
			default: 'simplified',
			description: 'How much of what Avala sent to return to the AI agent',
			options: [
				{ name: 'Raw', value: 'raw', description: 'All fields that Avala sent' },
				{
					name: 'Selected Fields',
					value: 'selectedFields',
					description: 'The ID and the fields that you select',
				},
				{ name: 'Simplified', value: 'simplified', description: 'The most useful fields' },
			],
		},
		{
			displayName: 'Fields',
			name: 'fields',
			type: 'multiOptions',
			displayOptions: { show: { '@tool': [true], output: ['selectedFields'] } },
			default: [],
			description: 'Optional. The fields to return to the AI agent, in addition to the ID.',
			builderHint: {
				propertyHint:
					"Only with output selectedFields: names as they are in the output, such as ['status', 'created_at'].",
			},
			options,
		},
	];
}

/**
 * The output that is wanted; an AI agent's choice counts where the node is its tool.
 *
 * @throws UserError for an unknown choice or field
 */
export function outputOf(run: ItemRun, forms: OutputForms | undefined): Output {
	if (forms === undefined) return { choice: [], show: (entry) => entry };
	const { simplify, complete } = forms;
	const choice = choiceIn(run);
	const simplified = (entry: IDataObject) => simplify(entry, run.connection);
	if (choice === 'simplified') return { choice: [choice], show: simplified };
	if (choice === 'raw') return { choice: [choice], show: complete };
	const names = [...forms.fields.slice(0, 1), ...selectedFields(run, forms)];
	return {
		choice: [choice, ...names],
		show: (entry) => {
			const all = { ...complete(entry), ...simplified(entry) };
			return Object.fromEntries(names.map((name) => [name, all[name] ?? null]));
		},
	};
}

function choiceIn(run: ItemRun): 'simplified' | 'raw' | 'selectedFields' {
	if (!isTool(run.context)) {
		const isSimple = readBoolean('Simplify', parameterOf(run, 'simplify', true));
		return isSimple ? 'simplified' : 'raw';
	}
	const output = parameterOf(run, 'output', 'simplified');
	const word = typeof output === 'string' ? plain(output) : output;
	if (word === 'simplified' || word === 'raw') return word;
	if (word === 'selectedfields') return 'selectedFields';
	throw notUnderstood('Output', 'simplified, raw or selectedFields', output);
}

function selectedFields(run: ItemRun, { fields }: OutputForms): string[] {
	const value = parameterOf(run, 'fields', []);
	if (isBlank(value)) return [];
	return readTexts('Fields', value).map((text) => {
		const field = fields.find((name) => plain(name) === plain(text));
		if (field !== undefined) return field;
		throw notUnderstood('Fields', `a list of these: ${fields.join(', ')}`, text);
	});
}

/** `created_at`, `Created At` and `createdAt` are the same. */
function plain(text: string): string {
	return text.toLowerCase().replace(/[\s_]/g, '');
}
