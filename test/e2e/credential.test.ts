import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Stage } from '../../harness/stage';
import { openStage, version } from '../../harness/suite';
import { avalaNode, manualTrigger, workflowOf } from '../../harness/workflows';
import { serve } from '../support/localServer';

jest.setTimeout(300_000);

/** Type version of the newest HTTP Request node of each n8n. */
const NEWEST_HTTP_REQUEST = { '1.123.81': 4.3, '2.8.4': 4.4, '2.41.1': 4.5 };

let stage: Stage;
beforeAll(async () => {
	stage = await openStage();
});
afterAll(async () => await stage?.close());

const loginPage = (_: IncomingMessage, response: ServerResponse) =>
	response.setHeader('content-type', 'text/html').end('<html><h1>Log in</h1></html>');

describe(`the test of the credential in n8n ${version}`, () => {
	const test = async (given: Record<string, unknown>) => {
		const { apiKey, baseUrl } = stage.avala;
		const data = { apiKey, baseUrl, webhookSecret: '', ...given };
		return await stage.client.testCredential(stage.credential.id, data);
	};

	it('accepts a key and a base URL with blanks and line ends around them', async () => {
		const { apiKey, baseUrl } = stage.avala;
		expect(await test({})).toMatchObject({ status: 'OK' });
		expect(await test({ apiKey: ` ${apiKey}\n`, baseUrl: ` ${baseUrl}/ ` })).toMatchObject({
			status: 'OK',
		});
	});

	it('tells a login page from Avala', async () => {
		const elsewhere = await serve(loginPage);
		try {
			expect(await test({ baseUrl: elsewhere.url })).toEqual({
				status: 'Error',
				message: expect.stringContaining('login page'),
			});
		} finally {
			await elsewhere.close();
		}
	});

	it('names a character that no header can hold', async () => {
		expect(await test({ apiKey: 'key…with dots' })).toEqual({
			status: 'Error',
			message: expect.stringContaining('U+2026'),
		});
	});

	it('says what is wrong with a refused key', async () => {
		expect(await test({ apiKey: 'wrong' })).toEqual({
			status: 'Error',
			// n8n 2.8 has words of its own for status 401.
			message: expect.stringMatching(/refused the API key|Authorization failed/),
		});
	});
});

describe(`a credential that holds an expression in n8n ${version}`, () => {
	it('has each item use its own key', async () => {
		const { apiKey, baseUrl } = stage.avala;
		const credential = await stage.client.createCredential('By item', {
			apiKey: '={{ $json.key }}',
			baseUrl,
			webhookSecret: '',
		});
		const node = {
			...avalaNode(credential, { resource: 'project', operation: 'getAll', limit: 1 }),
			onError: 'continueRegularOutput',
		};
		const trigger = manualTrigger();
		const keys = [apiKey, 'wrong', apiKey].map((key) => ({ json: { key } }));
		const { id } = await stage.client.createWorkflow(
			workflowOf('Keys', [trigger, node], { [trigger.name]: keys }),
		);
		const executionId = (await stage.client.run(id, trigger.name)) ?? '';
		const items = (await stage.client.items(executionId))[node.name];
		const project = { uid: expect.any(String) };
		const refused = { error: expect.stringContaining('refused the API key') };
		expect(items?.map(({ json }) => json)).toEqual(
			[project, refused, project].map(expect.objectContaining),
		);
	});
});

describe(`an HTTP Request node with the Avala credential in n8n ${version}`, () => {
	it.each([NEWEST_HTTP_REQUEST[version], 4.2, 3, 1])(
		'takes the key through no redirect (version %s)',
		async (typeVersion) => {
			const elsewhere = await serve(loginPage);
			const remove = stage.avala.fault({
				path: '/api/v1/webhooks/',
				redirectTo: `${elsewhere.url}/taken`,
			});
			try {
				const request = {
					name: 'Request',
					type: 'n8n-nodes-base.httpRequest',
					typeVersion,
					parameters: {
						method: 'GET',
						url: `${stage.avala.baseUrl}/webhooks/`,
						authentication: 'predefinedCredentialType',
						nodeCredentialType: 'avalaApi',
						options: { redirect: { redirect: { followRedirects: true, maxRedirects: 21 } } },
					},
					credentials: { avalaApi: stage.credential },
				};
				const workflow = await stage.client.createWorkflow(
					workflowOf('Redirect', [manualTrigger(), request]),
				);
				const executionId = await stage.client.run(workflow.id, manualTrigger().name);
				await stage.client.outcome(executionId ?? '');
				expect(elsewhere.requests.filter(({ headers }) => headers['x-avala-api-key'])).toEqual([]);
			} finally {
				remove();
				await elsewhere.close();
			}
			expect(
				stage.avala.requests().filter(({ path }) => path === '/api/v1/webhooks/').length,
			).toBeGreaterThan(0);
		},
	);
});
