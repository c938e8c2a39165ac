import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { deliveryForms } from '../../../nodes/Avala/actions/delivery';
import { exportForms } from '../../../nodes/Avala/actions/export/export';
import { formsOf, outputOf, outputProperties } from '../../../nodes/Avala/actions/output';
import { messageOf } from '../../../nodes/Avala/shared/values';
import type { Connection } from '../../../nodes/Avala/transport/connection';

const FORMS = formsOf(['uid'], ['created_at']);

/** What is chosen with these parameters; n8n gives the fallback for one that is missing. */
const chosen = (parameters: INodeParameters, type = 'n8n-nodes-avala.avala') => {
	const context = {
		getNode: () => ({ type }),
		getNodeParameter: (name: string, _: number, fallback: unknown) => parameters[name] ?? fallback,
	};
	return outputOf({ context, itemIndex: 0 } as unknown as ItemRun, FORMS).choice;
};
/** All that an error says. */
const refusal = (read: () => unknown) => {
	try {
		return read();
	} catch (error) {
		return messageOf(error);
	}
};
const ofTool = (parameters: INodeParameters) => chosen(parameters, 'n8n-nodes-avala.avalaTool');

it('of the node as a tool is what the AI agent chose, in any case', () => {
	expect(ofTool({ output: ' Simplified ', simplify: false })).toEqual(['simplified']);
	expect(ofTool({ output: 'RAW', simplify: true })).toEqual(['raw']);
});

it('of a tool with selected fields differs by the fields', () => {
	const fields = ['Created At'];
	expect(ofTool({ output: 'selectedFields' })).toEqual(['selectedFields', 'uid']);
	expect(ofTool({ output: 'selectedFields', fields })).toEqual([
		'selectedFields',
		'uid',
		'created_at',
	]);
});

it('of the node as a tool is never guessed', () => {
	expect(refusal(() => ofTool({ output: 5 }))).toBe(
		"'Output' cannot be 5. It must be simplified, raw or selectedFields.",
	);
});

it('of a tool with selected fields has none but those that there are', () => {
	const output = 'selectedFields';
	expect(refusal(() => ofTool({ output, fields: ['Owner'] }))).toBe(
		`'Fields' cannot be "Owner". It must be a list of these: uid, created_at.`,
	);
});

it('offers the fields under readable names, but not the ID, which is always there', () => {
	const forms = formsOf(['uid', 'webhook_uid', 'target_url', 'created_at']);
	const [choice] = outputProperties(forms).filter(({ name }) => name === 'fields');
	expect(choice?.options).toEqual([
		{ name: 'Created At', value: 'created_at' },
		{ name: 'Target URL', value: 'target_url' },
		{ name: 'Webhook UID', value: 'webhook_uid' },
	]);
});

describe('the simplified form', () => {
	const forms = formsOf(['uid', ['owner', 'owner_name'], 'count'], [], ({ extra }) =>
		extra === undefined ? {} : { extra },
	);

	it('has the same names whatever a server calls them, null for what it did not send, and its values as they are', () => {
		expect(forms.simplify({ uid: 7, owner_name: { en: 'a' }, more: 1 })).toEqual({
			uid: 7,
			owner: { en: 'a' },
			count: null,
		});
		expect(forms.simplify({ owner: 'ann', owner_name: 'b', extra: 1 })).toEqual({
			uid: null,
			owner: 'ann',
			count: null,
			extra: 1,
		});
		expect(forms.simplify({ owner: null, owner_name: 'b' })).toMatchObject({ owner: 'b' });
		expect(forms.complete({ uid: 'a', more: 1 })).toEqual({ uid: 'a', more: 1 });
	});

	const connection = { baseUrl: 'https://api.example.com/api/v1' } as Connection;

	it.each<[unknown, unknown]>([
		[
			'https://s.example.com/e1.zip?Signature=a%20b',
			'https://s.example.com/e1.zip?Signature=a%20b',
		],
		['http://[', 'http://['],
		[7, null],
	])('of an export has an absolute link, its state and ten fields at most: %j', (link, shown) => {
		const sent = { uid: 'e1', status: 'exported', download_url: link as string, more: 1 };
		const simple = exportForms.simplify(sent, connection);
		expect(simple).toMatchObject({ uid: 'e1', status: 'exported', download_url: shown });
		expect(Object.keys(simple)).toHaveLength(10);
		expect(exportForms.complete(sent)).toEqual({ ...sent, state: simple.state });
	});
});

describe('a delivery', () => {
	const simple = (sent: IDataObject) => deliveryForms.simplify({ ...sent });
	const complete = (sent: IDataObject) => deliveryForms.complete({ ...sent });
	const next = '2026-03-02T10:30:00Z';

	it.each<[string, IDataObject, string | null]>([
		[
			'it is retried',
			{ status: 'pending', response_status: 500, next_retry_at: next },
			'The target responded 500',
		],
		['nothing came', { status: 'pending', attempts: 2 }, 'No response from the target'],
		['no reason to be told', { status: 'pending', attempts: 0 }, null],
	])('tells why an event has not arrived: %s', (_, sent, reason) => {
		expect(simple(sent).error_message).toBe(reason);
		expect(complete(sent).error_message).toBe(reason);
		expect(simple(sent).next_retry_at).toBe(sent.next_retry_at ?? null);
		expect(Object.keys(simple(sent))).toHaveLength(10);
	});

	it('keeps what cannot be read, as Avala sent it', () => {
		const odd = {
			uid: { id: 1 },
			webhook_uid: { name: 'w' },
			event_type: ['task.done'],
			status: 'failed',
			response_status_code: '502 Bad Gateway',
			response_body: { a: 1 },
			attempt_count: '3 of 5',
			error_message: { code: 1 },
			next_retry_at: { at: 'noon' },
			created_at: { date: '2026-03-02' },
		};
		expect(simple(odd)).toEqual({ ...odd, error_message: 'No response from the target' });
		expect(complete(odd)).toEqual(odd);
		expect(simple({ status: 'delivered', error_message: { code: 1 } }).error_message).toBeNull();
	});

	it.each<[string, IDataObject, IDataObject]>([
		[
			'numbers as text',
			{ attempts: '3', response_status: '500' },
			{ attempt_count: 3, response_status_code: 500 },
		],
		['a preview that is no text', { response_preview: [1] }, { response_body: [1] }],
		['nothing', {}, { uid: '', event_type: '', webhook_uid: null, created_at: null }],
		['empty texts', { uid: '', error_message: '', attempts: '' }, { uid: '', error_message: null }],
	])('has the names of the guide beside what was sent: %s', (_, sent, expected) => {
		expect(complete({ status: 'delivered', ...sent })).toMatchObject(expected);
	});
});
