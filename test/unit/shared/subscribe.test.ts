import { NodeApiError } from 'n8n-workflow';

import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import type { WantedTypes } from '../../../nodes/Avala/shared/webhook';
import { subscribe } from '../../../nodes/Avala/shared/webhook';
import { connect } from '../../../nodes/Avala/transport/connection';
import type { Connection } from '../../../nodes/Avala/transport/connection';
import { refusedError } from '../../../nodes/Avala/transport/errors';
import { all, WEBHOOKS } from '../../../nodes/Avala/transport/paths';
import { loadOptionsContext } from '../../support/contexts';

let connection: Connection;
beforeAll(async () => {
	connection = await connect(
		loadOptionsContext({}, { apiKey: 'key', baseUrl: 'https://api.example.com' }),
	);
});

const WANTED = { required: [], optional: ['task.completed', 'quality.alert', 'export.failed'] };

/** As the transport makes it of a response. */
function refusal(status: number, body: unknown): NodeApiError {
	const endpoint = all(WEBHOOKS);
	return refusedError(
		connection,
		{ method: 'POST', path: endpoint.path, host: 'api.example.com', endpoint },
		{ status, headers: {}, text: JSON.stringify(body) },
	);
}

describe('All on a server that does not know one of the types', () => {
	const subscribeWith = async (status: number, body: unknown) =>
		await subscribe(WANTED, async (events) => {
			if (events.includes('quality.alert')) throw refusal(status, body);
			return events;
		});

	it.each<[number, unknown]>([
		[400, { events: ['Unknown event type.'] }],
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
		[400, { target_url: ['No.'], secret: ['Too short.'], is_active: ['Not a boolean.'] }],
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
	const limit = () => refusal(400, { detail: 'You can have at most 10 webhooks.' });
	const sorted = (...lists: string[][]) => lists.map((types) => [...types].sort());

	it('costs four requests, and the refusal is the error', async () => {
		expect(await triedWith(ALL, limit())).toEqual(sorted(ALL.optional, GUIDE, NEWEST, COMMON));
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

	it.each<[string, unknown]>([
		['at the start of a line', { detail: 'Unknown:\ntask.deleted\n' }],
		['in a response that is too long to be read whole', ['task.deleted', 'x'.repeat(70_000)]],
	])('tries without the type that the refusal names %s', async (_, body) => {
		const [, second] = await triedWith(ALL, refusal(400, body));
		expect(second).toEqual(ALL.optional.filter((type) => type !== 'task.deleted').sort());
	});

	it('tries the same types once, and never none', async () => {
		const wanted = { required: [], optional: ['quality.alert', 'result.accepted'] };
		expect(await triedWith(wanted, limit())).toEqual([['quality.alert', 'result.accepted']]);
		expect(await triedWith({ required: ['a.b'], optional: [] }, limit())).toEqual([['a.b']]);
	});

	it('keeps the types that it can have where a refusal repeats all that were sent', async () => {
		const repeating = refusal(422, { detail: [{ msg: 'Not permitted.', input: ALL.optional }] });
		const wanted = { ...ALL, required: ['task.submitted'] };
		const { response } = await subscribe(wanted, async (events) => {
			if (!events.every((type) => [...wanted.required, ...NEWEST].includes(type))) throw repeating;
			return events;
		});
		expect([...response].sort()).toEqual([...NEWEST, ...wanted.required].sort());
	});

	it('takes no part of a longer word for a type', async () => {
		const error = refusal(400, { detail: 'No: task.deleted_late, my-task.updated.now, task' });
		expect(await triedWith(ALL, error)).toHaveLength(4);
	});
});
