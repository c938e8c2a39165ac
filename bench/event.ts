import './sourcesFirst';

import { createHmac, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import { Bench } from 'tinybench';

import { npm } from '../harness/install';
import { ROOT } from '../harness/pack';
import type { WireFormat } from '../sandbox';
import { signedHeaders } from '../sandbox/wire/webhooks';
import { webhookContext } from '../test/support/contexts';
import { bodyOf, EVENT_TYPE } from './load';
import type { BenchOptions, Section } from './report';
import { number } from './report';

const SECRET = 'c0ffee'.repeat(10);
const TRIGGER_SETUP = {
	parameters: { events: [EVENT_TYPE] },
	staticData: { webhookId: 'wh_1', webhookSecret: SECRET },
	credentials: { apiKey: 'unused', baseUrl: 'http://127.0.0.1/unused' },
};
const SIZES = { '1 KB': 2 ** 10, '64 KB': 2 ** 16, '1 MB': 2 ** 20 };
const WIRE_FORMATS: WireFormat[] = ['guide', 'older', 'newer'];
const TIME_MS = 1000;
const QUICK_TIME_MS = 20;

/** The trigger's `webhook()` in n8n-core's own context, beside the least that could be done with a body. */
export async function benchEvent({ isQuick, tell }: BenchOptions): Promise<Section[]> {
	const rows: string[][] = [];
	const webhook = await builtWebhook();
	for (const [label, bytes] of Object.entries(SIZES)) {
		for (const wireFormat of WIRE_FORMATS) {
			tell(`One event in process: ${label}, ${wireFormat}`);
			const text = bodyOf(wireFormat, bytes);
			const body = Buffer.from(text);
			const delivery = { type: EVENT_TYPE, deliveryUid: 'dlv_1' };
			const headers = signedHeaders(text, SECRET, wireFormat, delivery);
			const least = await microsecondsOf(isQuick, () => verifyAndParse(body, headers));
			let context = contextFor(body, headers);
			const trigger = await microsecondsOf(
				isQuick,
				async () => {
					const { workflowData } = await webhook.call(context);
					if (workflowData?.length !== 1) throw new Error('The event did not start the workflow.');
				},
				() => {
					context = contextFor(body, headers);
				},
			);
			rows.push([label, wireFormat, ...[least, trigger, trigger / least].map(number)]);
		}
	}
	return [
		{
			title: '1. One event, in process',
			columns: ['body', 'format', 'least, µs', 'trigger, µs', 'ratio'],
			rows,
			notes: [
				'The least is one HMAC over the body, one comparison in constant time and one `JSON.parse`. The trigger runs in the webhook context of n8n-core, a new one for each call as in n8n; creating it does not count. Medians of calls during a second.',
				'The older format has no event ID. The trigger derives one from all the data in a fixed order of fields, which costs more than reading the event does.',
			],
		},
	];
}

/** @param beforeEach what is to be done before each call and does not count. @returns the median of one call */
async function microsecondsOf(
	isQuick: boolean,
	call: () => unknown,
	beforeEach?: () => void,
): Promise<number> {
	const bench = new Bench({ time: isQuick ? QUICK_TIME_MS : TIME_MS, throws: true });
	const [task] = await bench.add('call', call, { beforeEach }).run();
	if (task?.result.state !== 'completed') throw new Error('Nothing was measured.');
	return task.result.latency.p50 * 1000;
}

type Headers = Record<string, string>;

function verifyAndParse(body: Buffer, headers: Headers): void {
	const signature = headers['x-avala-signature'] ?? headers['x-avala-webhook-signature'] ?? '';
	const expected = createHmac('sha256', SECRET).update(body).digest();
	if (!timingSafeEqual(Buffer.from(signature, 'hex'), expected)) throw new Error('Wrong HMAC');
	JSON.parse(body.toString('utf8'));
}

function contextFor(rawBody: Buffer, headers: Headers) {
	const request = { headers, rawBody, ip: '192.0.2.1' };
	return webhookContext(TRIGGER_SETUP, { request, response: {} });
}

/** The trigger that ships: what runs this file compiles sources in a way that slows each call. */
async function builtWebhook() {
	await npm(ROOT, ['run', 'build']);
	const file = path.join(ROOT, 'dist/nodes/Avala/AvalaTrigger.node.js');
	const built = (await import(file)) as typeof import('../nodes/Avala/AvalaTrigger.node');
	return new built.AvalaTrigger().webhook;
}
