import type { IExecuteFunctions } from 'n8n-workflow';
import { Readable } from 'node:stream';

import {
	exchange,
	headerText,
	readText,
	toOpenResponse,
	withinLimit,
} from '../../../nodes/Avala/transport/exchange';
import { standingClock } from '../../support/clock';

const KIB = 1024;
const never = new AbortController().signal;

describe('a body', () => {
	it('is put together from pieces of bytes and of text', async () => {
		const bytes = Buffer.from('Grüße');
		const pieces = [bytes.subarray(0, 3), bytes.subarray(3), ' und mehr'];
		expect(await readText(Readable.from(pieces), 200, never)).toBe('Grüße und mehr');
	});

	it.each([199, 300, 404, 500])('of a refusal (%d) is read to 64 KiB', async (status) => {
		let read = 0;
		const endless = Readable.from(
			(function* () {
				for (;;) yield 'x'.repeat((read += 1) && 48 * KIB);
			})(),
			{ objectMode: false },
		);
		expect(await readText(endless, status, never)).toBe('x'.repeat(64 * KIB));
		expect(endless.destroyed).toBe(true);
		expect(read).toBeLessThan(10);
	});

	it('of a refusal that is 64 KiB long is read whole', async () => {
		const text = `${'x'.repeat(64 * KIB - 1)}.`;
		expect(await readText(Readable.from([text]), 404, never)).toBe(text);
	});

	it.each([200, 299])('of a success (%d) may be longer', async (status) => {
		const text = 'x'.repeat(65 * KIB);
		expect(await readText(Readable.from([text, text]), status, never)).toHaveLength(130 * KIB);
	});

	it('of a success that is longer than 64 MiB is refused, for good', async () => {
		const piece = Buffer.alloc(16 * KIB * KIB, 'x');
		const pieces = [piece, piece, piece, piece];
		expect(await readText(Readable.from(pieces), 200, never)).toHaveLength(64 * KIB * KIB);
		const reading = readText(Readable.from([...pieces, 'x']), 200, never);
		await expect(reading).rejects.toMatchObject({
			message: 'the response is larger than 64 MiB',
			isPassing: false,
		});
	});

	it('that comes after the time limit is refused, for now', async () => {
		const reading = readText(Readable.from(['late']), 200, AbortSignal.abort());
		await expect(reading).rejects.toMatchObject({
			message: 'the response came too late',
			isPassing: true,
		});
	});
});

describe('the time limit', () => {
	afterEach(() => jest.restoreAllMocks());

	it.each([0.4, 1_600])(
		'ends what takes longer than %d ms, and closes its response',
		async (ms) => {
			const clock = standingClock();
			const body = new Readable({ read: () => undefined });
			const working = withinLimit(ms, async (_, destroyLater) => {
				if (ms > 1) destroyLater(body);
				return await new Promise<never>(() => undefined);
			});
			expect(clock.limits[0]?.ms).toBe(Math.ceil(ms));
			clock.limits[0]?.end();
			await expect(working).rejects.toMatchObject({
				message: `no complete response within ${Math.round(ms / 1000)} s`,
				isPassing: true,
			});
			expect(body.destroyed).toBe(ms > 1);
		},
	);

	it('leaves alone what ended in time', async () => {
		const clock = standingClock();
		const body = new Readable({ read: () => undefined });
		const work = async (_: AbortSignal, destroyLater: (body: Readable) => void) => {
			destroyLater(body);
			return await Promise.resolve('done');
		};
		expect(await withinLimit(20, work)).toBe('done');
		clock.limits[0]?.end();
		expect(body.destroyed).toBe(false);
	});
});

it.each<[unknown, string | undefined]>([
	[Buffer.from('straße.zip').toString('latin1'), 'straße.zip'],
	['stra\xdfe.zip', 'stra\xdfe.zip'],
	['街.zip', '街.zip'],
	[5, '5'],
	[['a'], undefined],
	['', undefined],
	[undefined, undefined],
])('a header is read as UTF-8 where it is UTF-8: %j is %j', (sent, text) => {
	expect(headerText({ name: sent as string }, 'name')).toBe(text);
});

describe('what n8n gives as a response', () => {
	it('has a status, headers and a body that can be read', () => {
		const body = Readable.from([]);
		expect(toOpenResponse({ statusCode: 201, headers: { a: 'b' }, body })).toEqual({
			status: 201,
			headers: { a: 'b' },
			body,
		});
	});

	it.each<[string, unknown, string]>([
		['a text', 'words', 'words'],
		['nothing', undefined, ''],
		['an object', {}, ''],
		['a stream that cannot be closed', { async *[Symbol.asyncIterator]() {} }, ''],
		['something else that can be closed', { destroy: () => undefined }, ''],
	])('may have %s for a body', (_, body, expected) => {
		const response = toOpenResponse({ statusCode: 204, headers: null, body });
		expect(response).toEqual({ status: 204, headers: {}, body: expected });
	});

	it('may be read already, as where n8n puts an invented response in its place', async () => {
		const body = '{"uid":"t1"}';
		const respond = async () => await Promise.resolve({ statusCode: 200, headers: {}, body });
		const context = { helpers: { httpRequestWithAuthentication: respond } };
		const connection = {
			context: context as unknown as IExecuteFunctions,
			credential: {},
			baseUrl: 'https://api.example.com',
			secrets: [],
			deadline: Infinity,
		};
		const request = { method: 'GET', url: connection.baseUrl } as const;
		const exchanged = await exchange(connection, request, 30_000);
		expect(exchanged).toEqual({ status: 200, headers: {}, text: body });
	});

	it.each([undefined, null, 'text', [], {}, { statusCode: '200' }])(
		'is refused for good without a status: %j',
		(response) => {
			expect(() => toOpenResponse(response)).toThrow(
				expect.objectContaining({
					message: 'n8n gave a response without a status',
					isPassing: false,
				}),
			);
		},
	);
});
