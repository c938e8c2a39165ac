import { NodeApiError } from 'n8n-workflow';

import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import type { WantedTypes } from '../../../nodes/Avala/shared/subscription';
import { subscribe } from '../../../nodes/Avala/shared/subscription';
import { readErrorBody } from '../../../nodes/Avala/transport/errorBody';
import { makeNode } from '../../support/n8n';

const WANTED = { required: [], optional: ['task.completed', 'quality.alert', 'export.failed'] };

/** As the transport makes it of a response. */
function refusal(status: number, body: unknown): NodeApiError {
	const { text, fields } = readErrorBody(JSON.stringify(body), []);
	const error = new NodeApiError(makeNode('start', 1, {}), {}, { message: text });
	error.httpCode = String(status);
	if (fields.length > 0) error.context.refusedFields = fields;
	return error;
}

describe('All on a server that does not know one of the types', () => {
	const subscribeWith = async (status: number, body: unknown) =>
		await subscribe(WANTED, async (events) => {
			if (events.includes('quality.alert')) throw refusal(status, body);
			return events;
		});

	it.each<[number, unknown]>([
		[400, { events: ['Unknown event type.'] }],
		[400, { events: { '1': ['"quality.alert" is not a valid choice.'] } }],
		[400, { errors: { events: ['bad'] } }],
		[400, { error: { code: 'invalid', message: 'bad', details: { events: ['bad'] } } }],
		[400, { detail: 'Unknown type.' }],
		[400, { non_field_errors: ['Unknown type.'] }],
		[400, 'Bad request'],
		[400, {}],
		[422, { detail: [{ loc: ['body', 'events', 1], msg: 'not permitted', type: 'enum' }] }],
		[400, { events: ['bad'], target_url: ['bad'] }],
	])('subscribes to the others, however it says so: %i %j', async (status, body) => {
		expect(await subscribeWith(status, body)).toEqual({
			response: ['task.completed', 'export.failed'],
			refused: ['quality.alert'],
		});
	});

	it.each<[number, unknown]>([
		[400, { target_url: ['Must be https.'] }],
		[400, { secret: ['Too short.'], is_active: ['Must be a boolean.'] }],
		[401, { detail: 'Invalid API key.' }],
		[500, { events: ['out of order'] }],
	])('tries nothing else where it is about something else: %i %j', async (status, body) => {
		const send = jest.fn().mockRejectedValue(refusal(status, body));
		await expect(subscribe(WANTED, send)).rejects.toBeInstanceOf(NodeApiError);
		expect(send).toHaveBeenCalledTimes(1);
	});
});

const ALL = { required: [], optional: EVENT_CATALOGUE.map(({ value }) => value) };
const LATER = /^(?:result|quality)\./;
const COMMON = ['task.completed', 'export.completed', 'export.failed'].concat(
	['created', 'deleted', 'updated'].map((verb) => `dataset.${verb}`),
);
const GUIDE = ALL.optional.filter((type) => !LATER.test(type));
const NEWEST = ALL.optional.filter((type) => COMMON.includes(type) || LATER.test(type));

/** Subscribes at a server that accepts nothing. @returns the lists that were tried */
async function triedWith(wanted: WantedTypes, error: NodeApiError): Promise<string[][]> {
	const sent: string[][] = [];
	const subscribing = subscribe(wanted, async (events) => {
		sent.push([...events].sort());
		return await Promise.reject(error);
	});
	await expect(subscribing).rejects.toBe(error);
	return sent;
}

describe('All on a server that accepts none of what is tried', () => {
	const LIMIT = refusal(400, { detail: 'You can have at most 10 webhooks.' });
	const sorted = (...lists: string[][]) => lists.map((types) => [...types].sort());

	it('costs four requests, and the refusal is the error', async () => {
		expect(await triedWith(ALL, LIMIT)).toEqual(sorted(ALL.optional, GUIDE, NEWEST, COMMON));
	});

	it('costs one more when the refusal names types', async () => {
		const error = refusal(400, {
			events: ['task.deleted is unknown.', '"quality.alert": unknown.'],
		});
		const others = ALL.optional.filter((type) => !['task.deleted', 'quality.alert'].includes(type));
		expect(await triedWith(ALL, error)).toEqual(
			sorted(ALL.optional, others, GUIDE, NEWEST, COMMON),
		);
	});

	it('has each attempt include what was selected by itself', async () => {
		const wanted = {
			required: ['task.submitted'],
			optional: ALL.optional.filter((type) => !COMMON.includes(type)),
		};
		const sent = await triedWith(wanted, LIMIT);
		expect(sent.every((events) => events.includes('task.submitted'))).toBe(true);
		expect(sent.at(-1)).toEqual(['task.submitted']);
	});

	it('tries the same types once, and never none', async () => {
		const wanted = { required: [], optional: ['quality.alert', 'result.accepted'] };
		expect(await triedWith(wanted, LIMIT)).toEqual([['quality.alert', 'result.accepted']]);
		expect(await triedWith({ required: ['a.b'], optional: [] }, LIMIT)).toEqual([['a.b']]);
	});

	it('is not misled by a refusal that names the types that it knows', async () => {
		const permitted = refusal(422, { detail: `Input should be one of ${NEWEST.join(', ')}.` });
		const { response } = await subscribe(ALL, async (events) => {
			if (!events.every((type) => NEWEST.includes(type))) throw permitted;
			return events;
		});
		expect([...response].sort()).toEqual([...NEWEST].sort());
	});

	it('takes no part of a longer word for a type', async () => {
		const error = refusal(400, { detail: 'No: task.deleted_late, my-task.updated.now, task' });
		expect(await triedWith(ALL, error)).toHaveLength(4);
	});
});
