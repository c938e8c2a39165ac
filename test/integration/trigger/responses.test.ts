import { proofOf } from '../../../nodes/Avala/trigger/secret';
import { logged } from '../../support/contexts';
import type { Setup } from '../../support/signedRequests';
import {
	CREDENTIALS,
	EVENT,
	send,
	serve,
	sign,
	signed,
	trigger,
} from '../../support/signedRequests';

/** What Avala's list of deliveries and n8n's log say when an event has not started a workflow. */

const BODY = JSON.stringify(EVENT);

describe('a refused request', () => {
	const unsigned = async () => await send(BODY);
	const forged = async () => await signed(EVENT, {}, 'another');
	const genuine = async () => await signed(EVENT);
	const unreadable = async () =>
		await send('x', { 'x-avala-signature': sign('x'), 'content-type': 'multipart/x' });
	const withoutSecret = {
		credentialError: new Error('no such credential'),
		staticData: { webhookId: 'wh_1' },
	};
	const creating = { staticData: {} };
	const wrong = { options: { maxEventAge: 'x' } };

	it.each<[string, Setup, () => ReturnType<typeof send>, number, string]>([
		['without a signature', {}, unsigned, 401, 'The signature is missing.'],
		['with a wrong signature', {}, forged, 401, 'does not belong to this body and this webhook'],
		['from elsewhere', { options: { ipAllowlist: '192.0.2.1' } }, genuine, 403, 'IP allowlist'],
		['that cannot be read', {}, unreadable, 400, 'so its signature cannot be checked'],
		['without a secret', withoutSecret, genuine, 503, 'The signing secret cannot be read'],
		['while the webhook is being created', creating, genuine, 503, 'Send the event again later.'],
		['without a signature, then', creating, unsigned, 401, 'The signature is missing.'],
		['with wrong options', wrong, genuine, 503, 'n8n cannot check this event'],
		['without a signature, with wrong options', wrong, unsigned, 401, 'The signature is missing.'],
		['that is too old', { options: { maxEventAge: 5 } }, genuine, 400, 'older than 5 minutes'],
	])('%s is told why, once, and when to come again', async (_, setup, request, status, reason) => {
		const debug = logged('debug');
		await serve(setup);
		const { headers, ...response } = await request();
		expect(response).toEqual({ status, json: { error: expect.stringContaining(reason) } });
		expect(headers.get('content-type')).toBe('application/json');
		expect(headers.get('retry-after')).toBe(status === 503 ? '60' : null);
		expect(trigger.responses.itself).toBe(1);
		expect(trigger.started).toEqual([]);
		expect(debug().join()).toContain(`refused a request with ${status}. `);
		expect(debug().join()).toContain(reason);
	});

	it('without a signature costs neither its body nor a decryption of the credential', async () => {
		await serve();
		const broken = { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' };
		expect((await send('no gzip', broken)).status).toBe(401);
		expect(trigger.counter.decrypted).toBe(0);
	});

	it('without a signature costs no decryption either while the webhook is being created', async () => {
		await serve({ staticData: {} });
		expect((await send(BODY)).status).toBe(401);
		expect(trigger.counter.decrypted).toBe(0);
	});
});

describe('an event that starts nothing', () => {
	it.each<[string, Setup, object]>([
		['Test events do not', {}, { ...EVENT, type: 'webhook.test' }],
		['This event type does not', {}, { ...EVENT, type: 'dataset.created' }],
		['This event type does not', {}, { ...EVENT, type: 'TASK DONE' }],
		['This is not an event that', {}, { ...EVENT, type: 7 }],
		['This is not an event that', {}, { ...EVENT, type: { name: 'task.completed' } }],
		['This is not an event that', {}, { event: ['x'], timestamp: 1, data: {} }],
		[
			'Events of this project do not',
			{ options: { projects: ['proj_1'] } },
			{ ...EVENT, data: { project_uid: 'proj_2' } },
		],
		['This is not an event that', { staticData: {} }, { type: 'ping' }],
		[
			'This is not an event that',
			{ staticData: {}, options: { runOnTestEvents: true } },
			{ ...EVENT, type: 'webhook.test' },
		],
	])('is received, with the reason: %s', async (reason, setup, event) => {
		await serve(setup);
		const { status, json } = await signed(event);
		expect(status).toBe(200);
		expect(json).toEqual({
			received: true,
			started: false,
			reason: expect.stringMatching(new RegExp(`^${reason} starts? (the|this) workflow\\.$`)),
		});
	});

	it('of another project stands in n8n’s debug log', async () => {
		const debug = logged('debug');
		await serve({ options: { projects: ['proj_1'] } });
		await signed({ ...EVENT, data: { projects: ['proj_2', 'proj_3'] } });
		expect(debug()).toEqual([
			'Avala Trigger: event evt_abc123 (task.completed) of project proj_2, proj_3 starts nothing, since that project is not selected.',
		]);
	});

	it('is one of a type that was not selected, although test events start the workflow', async () => {
		await serve({ options: { runOnTestEvents: true } });
		await signed({ ...EVENT, type: 'dataset.created' });
		expect(trigger.started).toEqual([]);
	});

	it('is an empty ping while the webhook is being created, signed or not', async () => {
		await serve({ staticData: {} });
		expect((await send('')).status).toBe(200);
		expect(trigger.started).toEqual([]);
	});
});

describe('n8n’s log', () => {
	it('says which option keeps events from being accepted', async () => {
		const warnings = logged('warn');
		await serve({ options: { runOnTestEvents: 'maybe' } });
		await signed(EVENT);
		expect(warnings()).toEqual([
			expect.stringMatching(/Events cannot be accepted: 'Run on Test Events/),
		]);
	});

	it('does not blame a changed secret for a forged request', async () => {
		const warnings = logged('warn');
		await serve({
			staticData: { webhookId: 'wh_1', secretProof: proofOf('own', 'wh_1') },
			credentials: { ...CREDENTIALS, webhookSecret: 'own' },
		});
		const { json } = await signed(EVENT, {}, 'forged');
		expect(json.error).toContain('does not belong to this body');
		expect(warnings()).toEqual([]);
	});
});

describe('Max Event Age', () => {
	it('still accepts an event that is exactly as old as it may be', async () => {
		jest.spyOn(Date, 'now').mockReturnValue(Date.parse(EVENT.created_at) + 5 * 60_000);
		await serve({ options: { maxEventAge: 5 } });
		expect((await signed(EVENT)).status).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});
});
