import { readFileSync } from 'node:fs';
import path from 'node:path';

import { toObject } from '../../../harness/restData';
import { EVENT_CATALOGUE } from '../../../nodes/Avala/shared/eventCatalogue';
import { startSandbox } from '../../../sandbox';
import type { Sandbox } from '../../../sandbox';
import { serve, signed } from '../../support/signedRequests';

const document = readFileSync(path.join(__dirname, '../../../docs/sample-events.md'), 'utf8');
/** The heading above each event, and the event. */
const SAMPLES = [...document.matchAll(/^### (\S+)\n\n```json\n([^`]+)```$/gm)].map(
	([, type = '', json = '']) => [type, toObject(JSON.parse(json))] as const,
);

let avala: Sandbox;
beforeAll(async () => {
	avala = await startSandbox();
});
afterAll(async () => await avala.stop());

describe('the sample events in the documents', () => {
	it('are there for each event type, in the order of the editor', () => {
		expect(SAMPLES.map(([type]) => type)).toEqual(EVENT_CATALOGUE.map(({ value }) => value));
	});

	it.each(SAMPLES)('are what the trigger gives: %s', async (type, sample) => {
		const { started } = await serve({ events: ['*'] });
		const { id, created_at, data } = sample;
		await signed({ id, type, created_at, data });
		expect(started).toEqual([{ json: sample }]);
	});

	it.each(SAMPLES)('have the fields that the sandbox sends: %s', (type, { data }) => {
		const sent = Object.keys(avala.emit(type).data);
		expect(Object.keys(toObject(data)).sort()).toEqual(sent.sort());
	});
});
