import '../../support/pauses';

import fc from 'fast-check';

import { PolledNode } from '../../support/polledNode';
import { ScriptedAvala } from '../../support/scriptedAvala';

const MINUTE = 60_000;
const START = Date.parse('2026-03-02T10:00:00.500Z');

let avala: ScriptedAvala;
beforeAll(async () => {
	jest.useFakeTimers({ doNotFake: ['setTimeout', 'setInterval', 'setImmediate', 'nextTick'] });
	avala = await ScriptedAvala.start();
});
afterAll(async () => {
	await avala.stop();
	jest.useRealTimers();
});
beforeEach(() => {
	avala.reset();
	jest.setSystemTime(START);
});

const advance = (ms: number) => jest.setSystemTime(Date.now() + ms);
const uidsOf = (node: PolledNode) =>
	node.items.map(({ data }) => Number(String((data as { uid: string }).uid).slice(5)));

/** What happens in one minute: events, each with what becomes of it, and what befalls n8n and Avala. */
const minute = fc.record({
	events: fc.array(
		fc.record({
			offset: fc.integer({ min: 0, max: MINUTE - 1 }),
			deliveredAfter: fc.option(
				fc.oneof(
					fc.constant(0),
					fc.integer({ min: 1, max: 80 }).map((n) => n * MINUTE),
				),
				{ nil: undefined, freq: 3 },
			),
			failedAfter: fc.integer({ min: 81, max: 90 }).map((n) => n * MINUTE),
			/** Avala may show a delivery later than newer ones. */
			visibleAfter: fc.constantFrom(0, 0, 4 * MINUTE),
			isTwice: fc.boolean(),
			payload: fc.constantFrom('envelope' as const, 'resource' as const),
		}),
		{ maxLength: 3 },
	),
	fate: fc.oneof(
		{ weight: 6, arbitrary: fc.constant('poll' as const) },
		{ weight: 1, arbitrary: fc.constant('kill' as const) },
		{ weight: 1, arbitrary: fc.constant('overlap' as const) },
		{ weight: 1, arbitrary: fc.constant('published again' as const) },
		{ weight: 1, arbitrary: fc.constant('Avala is down' as const) },
		{ weight: 1, arbitrary: fc.constant('n8n is down' as const) },
	),
});

it('whatever n8n and Avala go through, each event that was missed starts the workflow exactly once', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(minute, { minLength: 5, maxLength: 40 }),
			fc.record({ wholeSeconds: fc.boolean(), isUnsorted: fc.boolean() }),
			async (minutes, kind) => {
				avala.reset();
				Object.assign(avala, kind);
				jest.setSystemTime(START);
				const node = new PolledNode({}, avala.credentials);
				await node.activate();
				let event = 0;
				const missed: number[] = [];
				for (const { events, fate } of minutes) {
					const now = Date.now();
					for (const { offset, isTwice, ...one } of events) {
						event += 1;
						if (one.deliveredAfter === undefined) missed.push(event);
						const delivery = { event, created: now + offset, ...one };
						avala.deliveries.push(delivery);
						// A second webhook may lose it as well, a little later.
						if (isTwice) {
							const failedAfter = one.failedAfter + 2 * MINUTE;
							avala.deliveries.push({ ...delivery, webhook: 'wh_2', failedAfter });
						}
					}
					advance(MINUTE);
					if (fate === 'n8n is down') continue;
					avala.fault =
						fate === 'Avala is down'
							? (_, response) => {
									response.writeHead(503).end();
									return true;
								}
							: undefined;
					if (fate === 'kill') {
						node.kill();
						await node.activate('init');
					} else if (fate === 'overlap') {
						await Promise.all([node.poll(), node.poll()]);
					} else if (fate === 'published again') {
						await Promise.all([node.poll(), node.activate()]);
					} else {
						await node.poll();
					}
				}
				delete avala.fault;
				for (let rest = 0; rest < 20; rest++) {
					advance(5 * MINUTE);
					await node.poll();
				}
				const given = uidsOf(node);
				expect(given.toSorted((a, b) => a - b)).toEqual(missed);
			},
		),
		{ numRuns: 10, seed: 7, endOnFailure: true },
	);
});
