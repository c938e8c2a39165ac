import type { CredentialRef } from '../../harness/restData';
import type { Stage } from '../../harness/stage';
import { credentialData, sign } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { untilTrue } from '../../harness/waiting';
import type { WireFormat } from '../../sandbox';
import { searchDatabase, searchFiles } from './stored';

jest.setTimeout(300_000);

const CREDENTIAL_SECRET = 'kept-in-the-credential-alone-4711';

let stage: Stage;
/** The secrets that the trigger created because the credential holds none. */
const ownSecrets = new Set<string>();
let pages: string[];

/** Does what the e2e suite does, with n8n's debug log, and stops n8n. */
beforeAll(async () => {
	stage = await openStage({ env: { N8N_LOG_LEVEL: 'debug' } });
	const { avala } = stage;
	const { client } = stage;
	const secretive = await client.createCredential(
		'With secret',
		credentialData(avala, CREDENTIAL_SECRET),
	);
	const unreachable = await client.createCredential('Unreachable', {
		...credentialData(avala),
		baseUrl: 'http://127.0.0.1:1/api/v1',
	});
	for (const credential of [stage.credential, secretive]) {
		const workflow = await stage.createTriggerWorkflow(undefined, credential);
		await activate(workflow.id);
		await deliverEach(workflow.id);
		await stage.n8n.stop();
		await stage.start();
		await deliverEach(workflow.id);
		await listen(workflow.id);
	}
	pages = await Promise.all(
		['/', '/console.js', '/sandbox/state'].map(async (page) => {
			return await (await fetch(avala.url + page)).text();
		}),
	);
	await failInEachWay(secretive, unreachable);
	// The workflows stay active, so that the tests see what n8n stores about them.
	await stage.n8n.stop();
});
afterAll(async () => await stage?.close());

function noteSecrets(): void {
	for (const { secret } of stage.avala.webhooks())
		if (secret !== CREDENTIAL_SECRET) ownSecrets.add(secret);
}

async function activate(id: string): Promise<void> {
	await stage.client.activate(id);
	noteSecrets();
}

/** An event in each wire format, and a forged one. */
async function deliverEach(workflowId: string): Promise<void> {
	const before = (await stage.client.executions(workflowId)).length;
	for (const wireFormat of ['guide', 'older', 'newer'] satisfies WireFormat[]) {
		stage.avala.wireFormat = wireFormat;
		stage.avala.emit('task.completed');
	}
	for (const { targetUrl } of stage.avala.webhooks()) {
		const response = await fetch(stage.localUrl(targetUrl), {
			method: 'POST',
			headers: { 'x-avala-signature': sign('{}', 'other') },
			body: '{}',
		});
		expect(response.status).toBe(401);
	}
	await stage.client.untilExecuted(workflowId, before + 3);
}

async function listen(workflowId: string): Promise<void> {
	const before = stage.avala.webhooks().length;
	await stage.client.run(workflowId, 'Avala Trigger');
	await untilTrue(() => stage.avala.webhooks().length > before);
	noteSecrets();
	await stage.client.stopListening(workflowId);
	await untilTrue(() => stage.avala.webhooks().length === before);
}

/** Avala quotes key and secrets in its errors, a host is unreachable, and every read operation runs. */
async function failInEachWay(secretive: CredentialRef, unreachable: CredentialRef): Promise<void> {
	const { avala } = stage;
	for (const parameters of [
		{ resource: 'webhook', operation: 'getAll', returnAll: true },
		{ resource: 'delivery', operation: 'getAll', returnAll: true },
		{ resource: 'delivery', operation: 'getHealth' },
		{ resource: 'delivery', operation: 'getMissedEvents', returnAll: true },
	])
		await stage.runAvala(parameters);
	// A server may quote what the request's credential holds, and any secret that the trigger created.
	for (const credential of [stage.credential, secretive]) {
		const quoting = [
			avala.apiKey,
			...ownSecrets,
			...(credential === secretive ? [CREDENTIAL_SECRET] : []),
		].join(' ');
		const remove = avala.fault({
			status: 400,
			body: { detail: `${quoting} are wrong`, secret: quoting },
		});
		stage.credential = credential;
		await expect(
			stage.runAvala({ resource: 'delivery', operation: 'getAll', returnAll: true }),
		).rejects.toThrow('did not accept');
		await expectNoActivation(credential);
		remove();
	}
	await expectNoActivation(unreachable);
}

async function expectNoActivation(credential: CredentialRef): Promise<void> {
	const workflow = await stage.createTriggerWorkflow({ events: ['task.created'] }, credential);
	await expect(stage.client.activate(workflow.id)).rejects.toThrow();
}

const everywhere = (secret: string) => [secret, Buffer.from(secret).toString('base64')];

describe(`after activations, deliveries, forgeries, restarts and failures in n8n ${version}`, () => {
	it('the API key stands nowhere in clear: in no file of n8n, log, event log and database among them', () => {
		const { files, found } = searchFiles(stage.userFolder, everywhere(stage.avala.apiKey));
		expect(files).toBeGreaterThan(5);
		expect(found).toEqual([]);
		expect(searchDatabase(stage.userFolder, everywhere(stage.avala.apiKey)).found).toEqual({});
	});

	it('a secret that is kept in the credential stands nowhere in clear either', () => {
		expect(searchFiles(stage.userFolder, everywhere(CREDENTIAL_SECRET)).found).toEqual([]);
		const { cells, found } = searchDatabase(stage.userFolder, everywhere(CREDENTIAL_SECRET));
		expect(cells).toBeGreaterThan(1000);
		expect(found).toEqual({});
	});

	it('a secret that the trigger made stands in its static data and nowhere else, stored executions included', () => {
		expect(ownSecrets.size).toBeGreaterThanOrEqual(2);
		const texts = [...ownSecrets].flatMap(everywhere);
		const { found } = searchDatabase(stage.userFolder, texts);
		expect(Object.keys(found)).toEqual(['workflow_entity.staticData']);
		const { found: files } = searchFiles(stage.userFolder, texts);
		expect(files.filter((file) => !/database\.sqlite(-wal|-shm)?$/.test(file))).toEqual([]);
	});

	it('the sandbox’s page shows neither key nor secret', () => {
		const texts = [stage.avala.apiKey, CREDENTIAL_SECRET, ...ownSecrets];
		expect(pages.join('')).toContain('/webhook/');
		for (const text of texts) expect(pages.join('')).not.toContain(text);
	});
});
