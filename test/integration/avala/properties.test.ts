import fc from 'fast-check';

import { normaliseEvent } from '../../../nodes/Avala/shared/event';
import { isObject } from '../../../nodes/Avala/shared/values';
import type { Sandbox } from '../../../sandbox';
import { byId, jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

let avala: Sandbox;
useSandbox((started) => (avala = started));

it('Get Many gives each delivery once and in order, whatever the number of deliveries and the limit', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.nat({ max: 350 }),
			fc.integer({ min: 1, max: 400 }),
			async (count, limit) => {
				avala.reset();
				const all = Array.from({ length: count }, (_, index) => ({ uid: `d_${index}` }));
				avala.seedDeliveries(all);
				const output = await jsonOn(avala, { resource: 'delivery', operation: 'getAll', limit });
				expect(output.map(({ uid }) => uid)).toEqual(
					all
						.map(({ uid }) => uid)
						.reverse()
						.slice(0, limit),
				);
				const pages = Math.max(1, Math.ceil(Math.min(count, limit) / Math.min(100, limit)));
				expect(avala.requests()).toHaveLength(pages);
			},
		),
		{ numRuns: 25 },
	);
});

it('an ID leads to its own webhook or to no request at all', async () => {
	await fc.assert(
		fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), async (id) => {
			avala.clearRequests();
			const get = { resource: 'webhook', operation: 'get', webhookId: byId(id) };
			await jsonOn(avala, get).catch(() => undefined);
			for (const { path } of avala.requests()) expect(path).toBe(`/api/v1/webhooks/${id.trim()}/`);
		}),
		{ numRuns: 60 },
	);
});

it('whatever comes as an event never throws, and has a type and an id whenever it is one', () => {
	const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
	fc.assert(
		fc.property(json, fc.option(fc.string(), { nil: undefined }), (value, type) => {
			fc.pre(isObject(value));
			const event = normaliseEvent(value, { type: type === '' ? undefined : type });
			return event === undefined || (event.type !== '' && event.id !== '' && isObject(event.data));
		}),
		{ numRuns: 500 },
	);
});
