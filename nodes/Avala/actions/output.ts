import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isBlank, notUnderstood, readBoolean, readTexts } from '../shared/values';
import type { ItemRun } from './operation';
import { isTool } from './operation';
import { parameterOf } from './parameters';

/** What an operation gives of an entry: few fields, all of them, or those that are named. */
export interface OutputForms<T extends IDataObject = IDataObject> {
	/** Ten fields at most, by the same names in every wire format. */
	simplify(entry: T): IDataObject;
	/** All that Avala sent, with what the node adds to it; left out where it adds nothing. */
	complete?(entry: T): IDataObject;
	/** The names of the fields that can be selected one by one. */
	fields: readonly string[];
}

export interface Output<T> {
	/** Tells this output from others that are made of the same entries. */
	choice: readonly string[];
	show(entry: T): IDataObject;
}

/** It is in the output whatever is selected. */
const ID = 'uid';

/** As n8n's own nodes have it: a switch for people, a choice for AI agents. */
export function outputProperties({ fields }: Pick<OutputForms, 'fields'>): INodeProperties[] {
	const options = fields
		.filter((name) => name !== ID)
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
 * @throws UserError for a choice or a field that there is not
 */
export function outputOf<T extends IDataObject>(run: ItemRun, forms: OutputForms<T>): Output<T> {
	const { simplify, complete = (entry) => entry } = forms;
	const choice = choiceIn(run);
	if (choice === 'simplified') return { choice: [choice], show: simplify };
	if (choice === 'raw') return { choice: [choice], show: complete };
	const names = [ID, ...selectedFields(run, forms)];
	return {
		choice: [choice, ...names],
		show: (entry) => {
			const all = { ...complete(entry), ...simplify(entry) };
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

function selectedFields(run: ItemRun, { fields }: Pick<OutputForms, 'fields'>): string[] {
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

/** `webhook_uid` as `Webhook UID`. */
function labelOf(field: string): string {
	return field
		.split('_')
		.map((word) =>
			['uid', 'url'].includes(word)
				? word.toUpperCase()
				: `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
		)
		.join(' ');
}
