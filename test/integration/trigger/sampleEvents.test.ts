import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { toObject } from '../../../harness/restData';
import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import { startSandbox } from '../../../sandbox';
import type { Sandbox } from '../../../sandbox';
import type { ServedTrigger } from '../../support/contexts';
import { serveTrigger } from '../../support/contexts';

const SECRET = 'a-secret-that-the-trigger-made';
const document = readFileSync(path.join(__dirname, '../../../docs/sample-events.md'), 'utf8');
/** The heading above each event, and the event. */
const SAMPLES = [...document.matchAll(/^### (\S+)\n\n```json\n([^`]+)```$/gm)].map(
	([, type = '', json = '']) => [type, toObject(JSON.parse(json))] as const,
);

let trigger: ServedTrigger;
let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox();
	trigger = await serveTrigger({
		parameters: { events: ['*'], options: {} },
		staticData: { webhookId: 'wh_1', webhookSecret: SECRET },
		credentials: { apiKey: 'key', baseUrl: 'https://api.example.com/api/v1', webhookSecret: '' },
	});
});
afterAll(async () => {
	await trigger.close();
	await avala.stop();
});

describe('the sample events in the documents', () => {
	it('are there for each event type, in the order of the editor', () => {
		expect(SAMPLES.map(([type]) => type)).toEqual(EVENT_CATALOGUE.map(({ value }) => value));
	});

	it.each(SAMPLES)('are what the trigger gives: %s', async (type, sample) => {
		const { id, created_at, data } = sample;
		const body = JSON.stringify({ id, type, created_at, data });
		const signature = createHmac('sha256', SECRET).update(body).digest('hex');
		const headers = { 'content-type': 'application/json', 'x-avala-signature': signature };
		await fetch(trigger.url, { method: 'POST', headers, body });
		expect(trigger.started.at(-1)?.json).toEqual(sample);
	});

	it.each(SAMPLES)('have the fields that the sandbox sends: %s', (type, { data }) => {
		const sent = Object.keys(avala.emit(type).data);
		expect(Object.keys(toObject(data)).sort()).toEqual(sent.sort());
	});
});
