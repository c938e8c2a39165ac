import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { normaliseEvent } from '../../../nodes/Avala/shared/event';
import { isObject } from '../../../nodes/Avala/shared/values';
import type { Sandbox } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';
import { executeAvala } from '../../support/contexts';

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox({ rateLimit: false });
});
afterAll(async () => await avala.stop());
beforeEach(() => avala.reset());

const run = async (parameters: INodeParameters) =>
	await executeAvala({ parameters, credentials: { apiKey: avala.apiKey, baseUrl: avala.baseUrl } });

describe('page walking', () => {
	it('gives each delivery once and in order, whatever the number of deliveries and the limit', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.nat({ max: 350 }),
				fc.integer({ min: 1, max: 400 }),
				async (count, limit) => {
					avala.reset();
					avala.seedDeliveries(
						Array.from({ length: count }, (_, index) => ({ uid: `d_${index}` })),
					);
					const output = await run({ resource: 'delivery', operation: 'getAll', limit });
					const expected = Array.from(
						{ length: count },
						(_, index) => `d_${count - 1 - index}`,
					).slice(0, limit);
					expect(output.map(({ json }) => json.uid)).toEqual(expected);
					const pages = Math.max(1, Math.ceil(Math.min(count, limit) / Math.min(100, limit)));
					expect(avala.requests()).toHaveLength(pages);
				},
			),
			{ numRuns: 25 },
		);
	});

	it('gives what pages of any sizes hold, empty ones among them', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 8 }),
				async (sizes) => {
					avala.reset();
					const path = '/api/v1/webhook-deliveries/';
					const uids: string[] = [];
					sizes.forEach((size, page) => {
						const results = Array.from({ length: size }, (_, index) => ({
							uid: `p${page}_${index}`,
						}));
						uids.push(...results.map(({ uid }) => uid));
						const next = page + 1 < sizes.length ? `${avala.url}${path}?page=${page + 2}` : null;
						avala.fault({ path, times: 1, status: 200, body: { results, next } });
					});
					const output = await run({ resource: 'delivery', operation: 'getAll', returnAll: true });
					expect(output.map(({ json }) => json.uid)).toEqual(uids);
				},
			),
			{ numRuns: 25 },
		);
	});
});

describe('ids', () => {
	it('lead to their own webhook or to no request at all', async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), async (id) => {
				avala.clearRequests();
				const webhookId = { __rl: true, mode: 'id', value: id } as INodeParameters;
				await run({ resource: 'webhook', operation: 'get', webhookId }).catch(() => undefined);
				for (const { path } of avala.requests())
					expect(path).toBe(`/api/v1/webhooks/${id.trim()}/`);
			}),
			{ numRuns: 60 },
		);
	});
});

describe('event normalisation', () => {
	const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
	const objects = fc.dictionary(fc.string(), fc.jsonValue()).map((value): IDataObject => {
		const copy: unknown = JSON.parse(JSON.stringify(value));
		return isObject(copy) ? copy : {};
	});
	const types = fc.constantFrom('task.completed', 'export.completed', 'dataset.created');
	/** Blanks alone are no ID. */
	const ids = fc.string({ minLength: 1 }).filter((id) => id.trim() !== '');

	it('gives back type, time and resource untouched in each wire format', () => {
		fc.assert(
			fc.property(types, objects, ids, (type, data, id) => {
				const created_at = '2026-03-02T10:30:00Z';
				const guide = normaliseEvent({ id, type, created_at, data }, {});
				const older = normaliseEvent({ event: type, timestamp: created_at, data }, {});
				expect(guide).toMatchObject({ id, type, created_at });
				expect(guide?.data).toBe(data);
				expect(older).toMatchObject({ type, created_at });
				expect(older?.data).toBe(data);
			}),
		);
	});

	it('never throws, and gives a type and an id whenever it gives an event', () => {
		fc.assert(
			fc.property(json, fc.option(fc.string(), { nil: undefined }), (value, type) => {
				fc.pre(isObject(value));
				const event = normaliseEvent(value as IDataObject, {
					type: type === '' ? undefined : type,
				});
				return (
					event === undefined || (event.type !== '' && event.id !== '' && isObject(event.data))
				);
			}),
			{ numRuns: 500 },
		);
	});
});
