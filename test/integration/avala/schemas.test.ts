import { loadOutputSchema } from 'n8n-core';
import type { IDataObject } from 'n8n-workflow';
import path from 'node:path';

import { normaliseEvent } from '../../../nodes/Avala/shared/event';
import { isObject, textsIn } from '../../../nodes/Avala/shared/values';
import type { Sandbox } from '../../../sandbox';
import { WIRE_FORMATS } from '../../../sandbox/wireFormat';
import { BinaryFiles } from '../../support/binaryFiles';
import type { LocalServer } from '../../support/localServer';
import { serve } from '../../support/localServer';
import type { Ids } from '../../support/operations';
import { ALL_OPERATIONS, firstIds, parametersOf } from '../../support/operations';
import { jsonOn } from '../../support/resources';
import { useSandbox } from '../../support/sandbox';

/** The schemas are found as n8n itself finds them. */
const nodeDir = path.join(__dirname, '../../../nodes/Avala');
const schemaOf = (resource: string, operation: string) =>
	loadOutputSchema({ nodeDir, version: 1, resource, operation });

const files = new BinaryFiles();
let avala: Sandbox;
let target: LocalServer;
useSandbox((started) => (avala = started), {
	pingOnCreate: false,
	allowHttpLoopbackTargets: true,
});
beforeAll(async () => {
	await files.init();
	target = await serve((_, response) => response.end('ok'));
});
afterAll(async () => {
	await target.close();
	files.clear();
});

const missed = {
	id: 'evt_1',
	type: 'task.completed',
	created_at: '2026-03-02T10:30:00Z',
	data: { uid: 'task_1', updated_at: '2026-03-02T10:30:00Z' },
};

async function outputs(resource: string, operation: string): Promise<IDataObject[]> {
	const given: IDataObject[] = [];
	for (const wireFormat of WIRE_FORMATS) {
		for (const targetUrl of [`${target.url}/`, 'https://127.0.0.1:1/']) {
			avala.wireFormat = wireFormat;
			avala.reset();
			const webhook = avala.addWebhook({ targetUrl }).uid;
			const gaveUp = { responseStatus: 500, errorMessage: 'HTTP 500', attempts: 5, event: missed };
			avala.seedDeliveries([{ uid: 'd_1', status: 'failed', ...gaveUp }, { uid: 'd_2' }]);
			avala.addExport({ state: 'ready' });
			avala.addJob();
			const ids = { ...firstIds(avala), delivery: 'd_1', webhook };
			given.push(...(await jsonOn(avala, parametersOf(resource, operation, ids))));
		}
	}
	return given;
}

const TYPES: Record<string, (value: unknown) => boolean> = {
	string: (value) => typeof value === 'string',
	number: (value) => typeof value === 'number',
	integer: Number.isInteger,
	boolean: (value) => typeof value === 'boolean',
	object: isObject,
	array: Array.isArray,
	null: (value) => value === null,
};

/** Where a value is not what the schema says, as paths. */
function contradictions(schema: unknown, value: unknown, at = ''): string[] {
	if (!isObject(schema)) return [`${at} has no schema`];
	const types = textsIn(Array.isArray(schema.type) ? schema.type : [schema.type]);
	if (!types.some((type) => TYPES[type]?.(value))) return [`${at} is no ${types.join(' or ')}`];
	if (Array.isArray(value)) {
		return value.flatMap((entry, index) => contradictions(schema.items, entry, `${at}[${index}]`));
	}
	if (!isObject(value) || !isObject(schema.properties)) return [];
	return Object.entries(schema.properties)
		.filter(([name]) => value[name] !== undefined)
		.flatMap(([name, property]) => contradictions(property, value[name], `${at}.${name}`));
}

const fieldsOf = (schema: unknown) =>
	isObject(schema) && isObject(schema.properties) ? Object.keys(schema.properties) : [];

describe.each(ALL_OPERATIONS)(
	'the fields that the editor shows before the first run: %s %s',
	(resource, operation) => {
		it('are fields that come out, of the type that is shown', async () => {
			const schema = schemaOf(resource, operation);
			const given = await outputs(resource, operation);
			expect(given.length).toBeGreaterThan(0);
			expect(given.flatMap((item) => contradictions(schema, item))).toEqual([]);
			for (const field of fieldsOf(schema)) expect(given.flatMap(Object.keys)).toContain(field);
		});
	},
);

it('the fields that the editor shows may be null where a server sends nothing but an ID', async () => {
	const ids = new Proxy({} as Ids, { get: () => 'x_1' });
	const server = await serve((_, response) => response.end('{"uid":"x_1"}'));
	const found: string[] = [];
	for (const [resource, operation] of ALL_OPERATIONS) {
		if (operation !== 'get') continue;
		const account = { apiKey: 'k', baseUrl: server.url };
		const [item] = await jsonOn(account, parametersOf(resource, 'get', ids));
		found.push(...contradictions(schemaOf(resource, 'get'), item));
	}
	await server.close();
	expect(found).toEqual([]);
});

it('the fields that n8n’s AI workflow builder reads of the trigger are those of an event', () => {
	const schema = loadOutputSchema({ nodeDir, version: 2 });
	const event = normaliseEvent(
		{ uid: 'task_1', updated_at: '2026-03-02T10:30:00Z' },
		{ type: 'task.updated', deliveryId: 'd_1' },
	);
	expect(contradictions(schema, event)).toEqual([]);
	expect(fieldsOf(schema)).toEqual(Object.keys(event ?? {}));
});
