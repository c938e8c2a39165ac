import type { IDataObject, IHookFunctions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { forgetStart, webhookAtStart } from '../../../nodes/Avala/trigger/startList';
import type { Connection } from '../../../nodes/Avala/transport/connection';
import { makeNode } from '../../support/n8n';

const SECOND = 1_000;
const node = makeNode('n8n-nodes-avala.avalaTrigger', 2, {});

let now: number;
beforeEach(() => {
	now = Date.parse('2026-03-02T10:30:00Z');
	jest.spyOn(Date, 'now').mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

interface ListResponse {
	status?: number;
	tookMs?: number;
}

/** What Avala responds with to one trigger after the other; a page has the webhooks `w_<page>_0` and `w_<page>_1`. */
class Avala {
	private static count = 0;

	/** Of its own, so that no test finds what another has read. */
	readonly baseUrl = `https://avala-${Avala.count++}.example.com`;

	pages = 100;

	/** The pages of the list that were asked for, and how long each could take. */
	readonly listed: number[] = [];

	readonly limits: number[] = [];

	/** The webhooks that were asked for by their ID. */
	readonly single: string[] = [];

	respond: () => ListResponse = () => ({});

	/** Reads the webhook of a trigger as at a start of n8n. @returns the ID of what was found */
	async start(uid: string, given: Partial<Connection> = {}): Promise<string | undefined> {
		const connection = this.connection(given);
		const found = await webhookAtStart(connection, uid, async (_, wanted) => {
			await Promise.resolve();
			return this.readOne(wanted);
		});
		return found?.uid;
	}

	readOne = (uid: string) => {
		this.single.push(uid);
		return { uid, targetUrl: '', events: [], isActive: true };
	};

	connection(given: Partial<Connection> = {}): Connection {
		const context: Partial<IHookFunctions> = {
			getNode: () => node,
			helpers: {
				httpRequestWithAuthentication: async (_: string, request: IDataObject) => {
					await Promise.resolve();
					return this.page(String(request.url), Number(request.timeout));
				},
			} as unknown as IHookFunctions['helpers'],
		};
		return {
			context: context as IHookFunctions,
			credential: { apiKey: 'key' },
			baseUrl: this.baseUrl,
			secrets: [],
			deadline: Infinity,
			...given,
		};
	}

	private page(url: string, limitMs: number) {
		const page = Number(new URL(url).searchParams.get('page') ?? 0);
		this.listed.push(page);
		this.limits.push(limitMs);
		const { status = 200, tookMs = 0 } = this.respond();
		now += tookMs;
		const odd = { target_url: 'https://example.com/without-an-id' };
		const results = [odd, ...[0, 1].map((index) => ({ uid: `w_${page}_${index}` }))];
		const next = page + 1 < this.pages ? `?page=${page + 1}` : null;
		return { statusCode: status, headers: {}, body: JSON.stringify({ results, next }) };
	}
}

describe('the list that triggers share at a start of n8n', () => {
	it('is not read for the first trigger, which may be the only one', async () => {
		const avala = new Avala();
		expect(await avala.start('w_0_0')).toBe('w_0_0');
		expect([avala.listed, avala.single]).toEqual([[], ['w_0_0']]);
	});

	it('is read once for all the others', async () => {
		const avala = new Avala();
		for (const uid of ['w_0_0', 'w_0_1', 'w_0_0', 'w_1_1', 'w_1_0', 'w_0_1']) {
			expect(await avala.start(uid)).toBe(uid);
		}
		expect([avala.listed, avala.single]).toEqual([[0, 1], ['w_0_0']]);
	});

	it('is read once for those that start at the same time', async () => {
		const avala = new Avala();
		await avala.start('w_0_0');
		await Promise.all(['w_0_1', 'w_0_0', 'w_0_1'].map(async (uid) => await avala.start(uid)));
		expect([avala.listed, avala.single]).toEqual([[0], ['w_0_0']]);
	});

	it('costs a trigger two requests at most, and then one for its own webhook', async () => {
		const avala = new Avala();
		await avala.start('w_0_0');
		expect(await avala.start('w_2_0')).toBe('w_2_0');
		expect([avala.listed, avala.single]).toEqual([
			[0, 1],
			['w_0_0', 'w_2_0'],
		]);
	});

	it('costs ten requests at most', async () => {
		const avala = new Avala();
		for (let index = 0; index < 12; index++) await avala.start(`other_${index}`);
		expect(avala.listed).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expect(avala.single).toHaveLength(12);
	});

	it('is not read again when it has ended', async () => {
		const avala = new Avala();
		avala.pages = 1;
		for (let index = 0; index < 4; index++) await avala.start(`other_${index}`);
		expect(avala.listed).toEqual([0]);
	});

	it('is forgotten after a minute', async () => {
		const avala = new Avala();
		await avala.start('w_0_0');
		await avala.start('w_0_1');
		now += 59_999;
		await avala.start('w_0_0');
		expect(avala.single).toHaveLength(1);
		now += 1;
		await avala.start('w_0_0');
		expect([avala.listed, avala.single]).toEqual([[0], ['w_0_0', 'w_0_0']]);
	});

	it('is forgotten when a webhook may have changed, also while it is read', async () => {
		const avala = new Avala();
		await avala.start('w_0_0');
		await avala.start('w_0_1');
		forgetStart(new Avala().connection());
		await avala.start('w_0_1');
		expect([avala.listed, avala.single]).toEqual([[0], ['w_0_0', 'w_0_1']]);
		avala.respond = () => {
			forgetStart(avala.connection());
			return {};
		};
		await avala.start('w_1_1');
		expect([avala.listed, avala.single.at(-1)]).toEqual([[0, 0], 'w_1_1']);
	});

	it('is another one for another API key or server', async () => {
		const [avala, other] = [new Avala(), new Avala()];
		await avala.start('w_0_0');
		await avala.start('w_0_1', { credential: { apiKey: 'another' } });
		await other.start('w_0_1');
		expect([avala.listed, avala.single, other.single]).toEqual([[], ['w_0_0', 'w_0_1'], ['w_0_1']]);
	});

	it('takes half of the time that a trigger has, so that its own webhook can still be read', async () => {
		const avala = new Avala();
		await avala.start('w_0_0');
		await avala.start('w_0_1', { deadline: now + 8 * SECOND });
		expect(avala.limits).toEqual([4 * SECOND]);
	});

	it('begins anew after a page that failed, since that page may be gone', async () => {
		const avala = new Avala();
		await avala.start('w_0_0');
		await avala.start('w_0_1');
		avala.respond = () => ({ status: 404, tookMs: SECOND });
		expect(await avala.start('w_1_0')).toBe('w_1_0');
		expect(await avala.start('w_1_0')).toBe('w_1_0');
		expect([avala.listed, avala.single]).toEqual([
			[0, 1, 0],
			['w_0_0', 'w_1_0', 'w_1_0'],
		]);
	});

	it('is left alone after a slow failure, for ten times as long as that took', async () => {
		const avala = new Avala();
		await avala.start('w_0_0');
		avala.respond = () => ({ status: 500, tookMs: 1_100 });
		await avala.start('w_0_1');
		now += 10_999;
		await avala.start('w_0_1');
		expect(avala.listed).toHaveLength(1);
		now += 1;
		await avala.start('w_0_1');
		expect(avala.listed).toHaveLength(2);
	});
});

describe('a webhook that cannot be read at a start of n8n', () => {
	/** Fails as given. @returns the message of what the trigger fails with */
	const failing = async (avala: Avala, { tookMs = 0, retryAfterMs = 0, apiKey = 'key' }) => {
		const error = new NodeApiError(node, { message: 'Busy.' });
		Object.assign(error.context, { retryAfterMs });
		const reading = webhookAtStart(
			avala.connection({ credential: { apiKey } }),
			'w_9_9',
			async () => {
				now += tookMs;
				return await Promise.reject(error);
			},
		);
		return await reading.then(
			() => 'It did not fail.',
			(thrown: unknown) => (thrown === error ? 'the error itself' : String(thrown)),
		);
	};
	const NOT_ASKED =
		'Error: n8n did not ask Avala, since it could not check another workflow: Busy.';

	it('keeps the next triggers from asking for as long as that took', async () => {
		const avala = new Avala();
		expect(await failing(avala, { tookMs: 5 * SECOND })).toBe('the error itself');
		now += 4_999;
		expect(await failing(avala, {})).toBe(NOT_ASKED);
		expect(await failing(avala, { apiKey: 'another' })).toBe('the error itself');
		now += 1;
		expect(await failing(avala, {})).toBe('the error itself');
	});

	it('keeps them from asking for as long as Avala asks to wait, a minute at most', async () => {
		const avala = new Avala();
		await failing(avala, { retryAfterMs: 20 * SECOND });
		now += 19_999;
		expect(await failing(avala, {})).toBe(NOT_ASKED);
		now += 1;
		expect(await failing(avala, { retryAfterMs: 600 * SECOND })).toBe('the error itself');
		now += 59_999;
		expect(await failing(avala, {})).toBe(NOT_ASKED);
		now += 1;
		expect(await failing(avala, {})).toBe('the error itself');
	});

	it('counts no longer once a webhook was changed with the same key', async () => {
		const avala = new Avala();
		await failing(avala, { tookMs: 5 * SECOND });
		forgetStart(new Avala().connection());
		expect(await failing(avala, {})).toBe(NOT_ASKED);
		forgetStart(avala.connection());
		expect(await failing(avala, {})).toBe('the error itself');
	});
});
