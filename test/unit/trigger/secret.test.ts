import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { randomUUID } from 'node:crypto';

import {
	configuredSecret,
	configuredSecretForRequest,
	isSecretKnown,
	looksLikeSecret,
	proofOf,
} from '../../../nodes/Avala/trigger/secret';
import type { Registration } from '../../../nodes/Avala/trigger/stored';
import type { TriggerSetup } from '../../support/contexts';
import { hookContext, webhookContext } from '../../support/contexts';

const CREDENTIALS = { apiKey: 'key', baseUrl: 'https://api.example.com/api/v1', webhookSecret: '' };

/** The contexts of one node, which n8n makes anew for each request and each activation. */
function nodeWith(setup: Partial<TriggerSetup> = {}) {
	const counter = { decrypted: 0 };
	const all = { parameters: {}, staticData: {}, credentials: CREDENTIALS, ...setup };
	return {
		counter,
		request: (changed: Partial<TriggerSetup> = {}) =>
			webhookContext({ ...all, ...changed }, { request: {}, response: {}, counter }),
	};
}

/** As an activation works it out. */
const configured = async (context: IHookFunctions | IWebhookFunctions) =>
	configuredSecret(context, await context.getCredentials('avalaApi'));

afterEach(() => jest.restoreAllMocks());

describe('the secret that the trigger derives', () => {
	const context = (apiKey = 'key', isTest = false, webhookSecret = '') =>
		hookContext({
			parameters: { events: ['*'] },
			staticData: {},
			isTest,
			credentials: { apiKey, baseUrl: '', webhookSecret },
		});

	it('is another one for another API key, another node, and the test webhook', async () => {
		const otherNode = context();
		const node = { ...otherNode.getNode(), webhookId: 'other' };
		jest.spyOn(otherNode, 'getNode').mockReturnValue(node);
		const contexts = [context(), context('another key'), context('key', true), otherNode];
		const secrets = await Promise.all(contexts.map(configured));
		expect(new Set(secrets.map(({ value }) => value)).size).toBe(contexts.length);
	});

	// Another one after an update of this package: no event of a published workflow would be accepted.
	it.each([
		['webhook', '1b2c', '0718818152c81c46e6d812f96961c4be52bc55f625582f2e22f9ec965e546130'],
		['manual', '1b2c', 'd9591ea3378dd11d4892a14564c7b92aad6b8ff645298c41f458ad7ab4318ab8'],
	] as const)('stays the same from version to version: %s', async (mode, webhookId, secret) => {
		expect(await configured(nodeWith({ mode, webhookId }).request())).toEqual({
			value: secret,
			isOwn: false,
		});
	});

	it('belongs to the node’s name in its workflow where n8n has given no webhook ID', async () => {
		const context = nodeWith().request();
		const node = { ...context.getNode(), webhookId: undefined };
		jest.spyOn(context, 'getNode').mockReturnValue(node);
		expect((await configured(context)).value).toBe(
			'1689ef8d1daf869c6629a49ec0d7275d957cbb5c78349f8bf5032f8fe47da648',
		);
	});

	it('can be derived before the workflow has an ID', async () => {
		const context: IWebhookFunctions = nodeWith().request();
		const node = { ...context.getNode(), webhookId: undefined };
		jest.spyOn(context, 'getNode').mockReturnValue(node);
		jest.spyOn(context, 'getWorkflow').mockReturnValue({ id: undefined, active: false });
		expect((await configured(context)).value).toBe(
			'056c127ec7765586959689f85e215b97bf4ea7e6ba5aaf6ec8e99b8b9efaefd1',
		);
	});
});

describe('the credential', () => {
	it('is decrypted once in ten seconds, however many requests come', async () => {
		const { request, counter } = nodeWith({ webhookId: randomUUID() });
		const now = jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
		await Promise.all([1, 2, 3].map(async () => await configuredSecretForRequest(request())));
		now.mockReturnValue(1_009_999);
		await configuredSecretForRequest(request());
		expect(counter.decrypted).toBe(1);
		now.mockReturnValue(1_010_000);
		await configuredSecretForRequest(request());
		expect(counter.decrypted).toBe(2);
	});

	it('counts with its new secret from the next activation on, without the ten seconds', async () => {
		const { request } = nodeWith({ webhookId: randomUUID() });
		const changed = request({ credentials: { ...CREDENTIALS, webhookSecret: 'new' } });
		await configuredSecretForRequest(request());
		expect((await configured(changed)).value).toBe('new');
		expect((await configuredSecretForRequest(changed)).value).toBe('new');
	});

	it('is not mixed up with that of another node, workflow, mode or credential', async () => {
		const { request, counter } = nodeWith({ webhookId: randomUUID() });
		const inOther = request();
		const { id } = inOther.getWorkflow();
		jest.spyOn(inOther, 'getWorkflow').mockReturnValue({ ...inOther.getWorkflow(), id: `${id}0` });
		const withOther = request();
		const node = { ...withOther.getNode(), credentials: { avalaApi: { id: '2', name: 'B' } } };
		jest.spyOn(withOther, 'getNode').mockReturnValue(node);
		const contexts = [
			request(),
			request({ webhookId: randomUUID() }),
			request({ mode: 'manual' }),
			inOther,
			withOther,
		];
		for (const context of [...contexts, ...contexts]) await configuredSecretForRequest(context);
		expect(counter.decrypted).toBe(contexts.length);
	});

	it('of a thousand nodes is remembered, not of more: memory stays bounded', async () => {
		const first = nodeWith({ webhookId: randomUUID() });
		await configuredSecretForRequest(first.request());
		const template = first.request();
		const node = template.getNode();
		const getNode = jest.spyOn(template, 'getNode');
		for (let i = 0; i < 1000; i++) {
			getNode.mockReturnValue({ ...node, webhookId: randomUUID() });
			await configuredSecretForRequest(template);
		}
		await configuredSecretForRequest(first.request());
		expect(first.counter.decrypted).toBe(1002);
	});

	it('is found although the node names no ID of it, as in an imported workflow', async () => {
		const context = nodeWith().request();
		const { credentials, ...node } = context.getNode();
		for (const some of [undefined, {}]) {
			jest.spyOn(context, 'getNode').mockReturnValue({ ...node, credentials: some });
			await expect(configuredSecretForRequest(context)).resolves.toHaveProperty('isOwn');
		}
		expect(credentials).toBeDefined();
	});
});

describe('proofOf', () => {
	// Another one after an update of this package: each webhook with an own secret would be replaced.
	it('stays the same from version to version', () => {
		expect(proofOf('own-secret', 'wh_1')).toBe('64cb308bf99981880d8024121eda8dca');
	});
});

describe('isSecretKnown', () => {
	const own = { value: 'own', isOwn: true };
	const derived = { value: 'derived', isOwn: false };
	const registered = (registration: Partial<Registration>) => ({
		webhookId: 'wh_1',
		refusedEvents: [],
		...registration,
	});

	it.each<[string, Registration, typeof own, boolean]>([
		['no webhook is stored', registered({ webhookId: undefined, secret: 'x' }), derived, false],
		['a secret is stored', registered({ secret: 'x' }), derived, true],
		['no secret is stored', registered({}), derived, false],
		['it is the credential’s', registered({ secretProof: proofOf('own', 'wh_1') }), own, true],
		['it was another one', registered({ secretProof: proofOf('other', 'wh_1') }), own, false],
		['one was added', registered({ secret: 'x' }), own, false],
		[
			'the credential’s was removed',
			registered({ secret: 'x', secretProof: proofOf('own', 'wh_1') }),
			derived,
			false,
		],
		[
			'the credential’s is gone, and the derived one would fit',
			registered({ secretProof: proofOf('derived', 'wh_1') }),
			derived,
			false,
		],
	])('tells whether events can be verified when %s', (_, registration, current, expected) => {
		expect(isSecretKnown(registration, current)).toBe(expected);
	});
});

describe('a text that Avala shows as the secret of a new webhook', () => {
	it.each([
		'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
		'4b4f7a52-7ad0-4be4-a38c-4a2a0f0a3f39',
		't8n/NO+TaOqmQqz4NAzqJl8CwL23VIJOPSbj7OkDs3Y=',
		'abcdefg1abcdefg1abcd',
	])('counts when it has the shape of one: %s', (shown) => {
		expect(looksLikeSecret(shown)).toBe(true);
	});

	it.each([
		['masked', '********'],
		['masked but for its end', 'whsec_••••••••••••••1234'],
		['of seven different characters', 'abcdef1abcdef1abcdef1abcdef1'],
		['in words', 'shown_only_when_it_was_created'],
		['short', '3f9a1b2c4d5e6f70819'],
		['told behind other words', 'not shown: 3f9a1b2c4d5e6f708192a3b4'],
		['on two lines', '3f9a1b2c4d5e6f708192a3b4\n'],
	])('is a mask when it is %s: %j', (_, shown) => {
		expect(looksLikeSecret(shown)).toBe(false);
	});
});
