import './sourcesFirst';

import { createHmac, timingSafeEqual } from 'node:crypto';
import path from 'node:path';

import { npm } from '../harness/install';
import { ROOT } from '../harness/pack';
import type { AvalaTrigger } from '../nodes/Avala/AvalaTrigger.node';
import type { WireFormat } from '../sandbox';
import { signedHeaders } from '../sandbox/wire/webhooks';
import { webhookContext } from '../test/support/contexts';
import { bodyOf, EVENT_TYPE } from './body';
import { interleaved, ratioOf, spreadOf } from './measure';
import type { BenchOptions, Check, Section } from './report';
import { shown } from './report';
import { TARGETS } from './targets';

const SECRET = 'c0ffee'.repeat(10);
const TRIGGER_SETUP = {
	parameters: { events: [EVENT_TYPE] },
	staticData: { webhookId: 'wh_1', webhookSecret: SECRET },
	credentials: { apiKey: 'unused', baseUrl: 'http://127.0.0.1/unused' },
};
const SIZES = [
	{ label: '1 KB', bytes: 1024, calls: 2000 },
	{ label: '64 KB', bytes: 64 * 1024, calls: 200 },
	{ label: '1 MB', bytes: 1024 * 1024, calls: 15 },
];
const WIRE_FORMATS: WireFormat[] = ['guide', 'older', 'newer'];
/** This part is quick, so it can have more rounds than the others. */
const TIMES_ROUNDS = 2;
const WARM_UPS = 5;

/** The trigger's `webhook()` in n8n-core's own context, beside the least that could be done with a body. */
export async function benchEvent({ isQuick, rounds, tell }: BenchOptions): Promise<Section[]> {
	const rows: string[][] = [];
	const checks: Check[] = [];
	const builtTrigger = await buildTrigger();
	for (const { label, bytes, calls } of SIZES) {
		for (const wireFormat of WIRE_FORMATS) {
			tell(`One event in process: ${label}, ${wireFormat}`);
			const body = bodyOf(wireFormat, bytes);
			const delivery = { type: EVENT_TYPE, deliveryUid: 'dlv_1' };
			const headers = signedHeaders(body, SECRET, wireFormat, delivery);
			const bytesOfBody = Buffer.from(body);
			const times = isQuick ? Math.ceil(calls / 10) : calls;
			const measure = {
				least: async () => await timeLeast(bytesOfBody, headers, times),
				trigger: async () => await timeTrigger(builtTrigger, bytesOfBody, headers, times),
			};
			const { least, trigger } = await interleaved(
				['least', 'trigger'],
				TIMES_ROUNDS * rounds,
				async (name) => await measure[name](),
				WARM_UPS,
			);
			const ratio = ratioOf(trigger, least);
			const onTop = spreadOf(trigger.map((time, round) => time - (least[round] ?? NaN)));
			const figures = [spreadOf(least), spreadOf(trigger), ratio, onTop];
			rows.push([label, wireFormat, ...figures.map(shown)]);
			const { mostTimesLeast, mostMicrosecondsOnTop } =
				wireFormat === 'older' ? TARGETS.event.derivedId : TARGETS.event;
			const what = `${label}, ${wireFormat}`;
			checks.push(
				label === '1 KB'
					? {
							what: `${what}: on top of the least`,
							value: onTop.median,
							unit: 'µs',
							most: mostMicrosecondsOnTop,
						}
					: {
							what: `${what}: times the least`,
							value: ratio.median,
							unit: '×',
							most: mostTimesLeast,
						},
			);
		}
	}
	return [
		{
			title: '1. One event, in process',
			columns: ['body', 'format', 'least, µs', 'trigger, µs', 'ratio', 'on top, µs'],
			rows,
			checks,
			notes: [
				'The least is one HMAC over the body, one comparison in constant time and one `JSON.parse`. The trigger runs in the webhook context of n8n-core, a new one for each call as in n8n; creating it does not count.',
				'The older format has no event ID. The trigger derives one from all the data in a fixed order of fields, which costs more than reading the event does.',
			],
		},
	];
}

type Headers = Record<string, string>;

/** @returns µs for one */
async function timeLeast(body: Buffer, headers: Headers, calls: number): Promise<number> {
	const signature = headers['x-avala-signature'] ?? headers['x-avala-webhook-signature'] ?? '';
	const startedAt = performance.now();
	for (let call = 0; call < calls; call++) {
		const expected = createHmac('sha256', SECRET).update(body).digest();
		if (!timingSafeEqual(Buffer.from(signature, 'hex'), expected)) throw new Error('Wrong HMAC');
		JSON.parse(body.toString('utf8'));
	}
	return ((performance.now() - startedAt) * 1000) / calls;
}

/** The trigger that ships: what runs this file compiles sources in a way that slows each call. */
async function buildTrigger(): Promise<AvalaTrigger> {
	await npm(ROOT, ['run', 'build']);
	const file = path.join(ROOT, 'dist/nodes/Avala/AvalaTrigger.node.js');
	const built = (await import(file)) as typeof import('../nodes/Avala/AvalaTrigger.node');
	return new built.AvalaTrigger();
}

/** @returns µs for one */
async function timeTrigger(
	trigger: AvalaTrigger,
	body: Buffer,
	headers: Headers,
	calls: number,
): Promise<number> {
	const counter = { decrypted: 0 };
	const request = { headers, rawBody: body, ip: '192.0.2.1' };
	const contexts = Array.from({ length: calls }, () =>
		webhookContext(TRIGGER_SETUP, { request, response: {}, counter }),
	);
	let started = 0;
	const startedAt = performance.now();
	for (const context of contexts) {
		const { workflowData } = await trigger.webhook.call(context);
		started += workflowData?.length ?? 0;
	}
	const time = ((performance.now() - startedAt) * 1000) / calls;
	if (started !== calls) throw new Error(`${started} of ${calls} events started the workflow`);
	if (counter.decrypted > 0) throw new Error('A credential was decrypted for an event');
	return time;
}
