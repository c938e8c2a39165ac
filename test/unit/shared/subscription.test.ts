import { NodeApiError } from 'n8n-workflow';

import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import { subscribe } from '../../../nodes/Avala/shared/subscription';
import { readErrorBody } from '../../../nodes/Avala/transport/quote';
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
		[400, { types: ['quality.alert is not known'] }],
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

describe('a refusal that does not say what it is about', () => {
	const ALL = { required: [], optional: EVENT_CATALOGUE.map(({ value }) => value) };
	const LIMIT = refusal(400, { detail: 'You can have at most 10 webhooks.' });

	it('and is not about the types costs three requests, and is the error', async () => {
		const send = jest.fn().mockRejectedValue(LIMIT);
		await expect(subscribe(ALL, send)).rejects.toBe(LIMIT);
		expect(send.mock.calls).toEqual([[ALL.optional], [['task.completed']], [['export.completed']]]);
	});

	it.each<[unknown]>([[{ detail: 'You can have at most 10 webhooks.' }], [{ events: ['bad'] }]])(
		'costs one more request when types were selected by themselves: %j',
		async (body) => {
			const error = refusal(400, body);
			const send = jest.fn().mockRejectedValue(error);
			const wanted = { ...ALL, required: ['task.submitted'] };
			await expect(subscribe(wanted, send)).rejects.toBe(error);
			expect(send.mock.calls).toEqual([
				[['task.submitted', ...ALL.optional]],
				[['task.submitted']],
			]);
		},
	);

	it('is the error at once where nothing may be left out', async () => {
		const send = jest.fn().mockRejectedValue(LIMIT);
		const wanted = { required: ['task.submitted'], optional: [] };
		await expect(subscribe(wanted, send)).rejects.toBe(LIMIT);
		expect(send).toHaveBeenCalledTimes(1);
	});

	it('costs two more requests when the webhook has all types but the one that is refused', async () => {
		const present = ALL.optional.filter((type) => type !== 'quality.alert');
		const send = jest.fn(async (events: string[]) => {
			if (events.includes('quality.alert')) throw refusal(400, {});
			return await Promise.resolve(events);
		});
		const { refused } = await subscribe(ALL, send, present);
		expect(refused).toEqual(['quality.alert']);
		expect(send).toHaveBeenCalledTimes(3);
	});

	it.each([[['export.completed']], [['task.completed', 'quality.alert']], [ALL.optional.slice(3)]])(
		'leaves what the server knows: %j',
		async (known) => {
			const { response, refused } = await subscribe(ALL, async (events) => {
				if (!events.every((type) => known.includes(type))) throw refusal(400, {});
				return events;
			});
			expect([...response].sort()).toEqual([...known].sort());
			expect([...response, ...refused].sort()).toEqual([...ALL.optional].sort());
		},
	);

	it('that names the types is looked into although no server refuses the first ones tried', async () => {
		const { response } = await subscribe(ALL, async (events) => {
			if (events.some((type) => type !== 'quality.alert')) throw refusal(400, { events: ['bad'] });
			return events;
		});
		expect(response).toEqual(['quality.alert']);
	});

	it('that names the types is the error where no type is accepted', async () => {
		const error = refusal(400, { events: ['bad'] });
		await expect(subscribe(ALL, async () => await Promise.reject(error))).rejects.toBe(error);
	});

	it('keeps what the webhook has, and gives up what is no longer known', async () => {
		const sent: string[][] = [];
		const present = ['dataset.created', 'result.accepted'];
		const known = (accepted: readonly string[]) => async (events: string[]) => {
			sent.push(events);
			if (!events.every((type) => accepted.includes(type))) throw refusal(400, {});
			return events;
		};
		await subscribe(ALL, known(ALL.optional.slice(1)), present);
		expect(sent.slice(1).every((events) => present.every((type) => events.includes(type)))).toBe(
			true,
		);
		const { response } = await subscribe(ALL, known(['task.completed']), present);
		expect(response).toEqual(['task.completed']);
	});

	it('about types of which none is known everywhere is looked into as well', async () => {
		const wanted = { required: [], optional: ['quality.alert', 'result.submitted'] };
		const { response } = await subscribe(wanted, async (events) => {
			if (events.includes('quality.alert')) throw refusal(400, {});
			return events;
		});
		expect(response).toEqual(['result.submitted']);
	});
});
