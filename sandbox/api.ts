import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { Deliverer } from './delivery';
import { shownDelivery, shownTestResult, shownWebhook } from './formats';
import type { Resource } from './samples';
import { KNOWN_EVENTS } from './samples';
import type { WireFormat, Store, StoredWebhook } from './store';

export const API_PREFIX = '/api/v1';
const MAX_PAGE_SIZE = 100;

export interface ApiSettings {
	apiKey: string;
	wireFormat: WireFormat;
	pingOnCreate: boolean;
	/** As Avala may do it: a new webhook whose ping gets no 2xx stays switched off. */
	activateOnlyIfPingOk: boolean;
	/** Avala accepts https alone; tests may deliver to plain http on loopback. */
	allowHttpLoopbackTargets: boolean;
}

const ROUTES: ReadonlyArray<readonly [RegExp, string]> = [
	[/^\/webhooks\/$/, 'GET, POST'],
	[/^\/webhooks\/[^/]+\/$/, 'GET, PATCH, DELETE'],
	[/^\/webhooks\/[^/]+\/test\/$/, 'POST'],
	[/^\/webhook-deliveries\/$/, 'GET'],
	[/^\/webhook-deliveries\/[^/]+\/$/, 'GET'],
];

type WithUid = FastifyRequest<{ Params: { uid: string } }>;

/** Avala's API for webhooks and deliveries. */
export function installApi(
	api: FastifyInstance,
	settings: ApiSettings,
	store: Store,
	deliverer: Deliverer,
): void {
	api.addHook('onRequest', requireApiKey(settings.apiKey));
	api.setNotFoundHandler(async (request, reply) => {
		const path = request.url.split('?')[0]?.slice(API_PREFIX.length) ?? '';
		const allowed = ROUTES.find(([route]) => route.test(path))?.[1];
		if (!allowed) return await notFound(reply);
		reply.header('allow', allowed);
		return await reply.status(405).send({ detail: `Method "${request.method}" not allowed.` });
	});

	api.get('/webhooks/', async (request) =>
		pageOf(request, store.webhooks, (webhook) => shownWebhook(webhook)),
	);
	api.post('/webhooks/', async (request, reply) => {
		const given = asObject(request.body);
		const problems = problemsOf(given, settings, true);
		if (problems) return await reply.status(400).send(problems);
		const webhook = store.putWebhook(fieldsOf(given), settings.wireFormat);
		if (settings.pingOnCreate) {
			const answer = await deliverer.sendOnce(webhook, 'ping', settings.wireFormat);
			const isOk = 'status' in answer && answer.status >= 200 && answer.status < 300;
			if (settings.activateOnlyIfPingOk && !isOk) {
				webhook.isActive = false;
				store.save();
			}
		}
		return await reply.status(201).send(shownWebhook(webhook, true));
	});
	api.get('/webhooks/:uid/', async (request: WithUid, reply) => {
		const webhook = store.webhook(request.params.uid);
		return webhook ? shownWebhook(webhook) : await notFound(reply);
	});
	api.patch('/webhooks/:uid/', async (request: WithUid, reply) => {
		const webhook = store.webhook(request.params.uid);
		if (!webhook) return await notFound(reply);
		const given = asObject(request.body);
		const problems = problemsOf(given, settings, false);
		if (problems) return await reply.status(400).send(problems);
		const { secret } = webhook;
		Object.assign(webhook, fieldsOf(given), { secret, updatedAt: new Date().toISOString() });
		store.save();
		return shownWebhook(webhook);
	});
	api.delete('/webhooks/:uid/', async (request: WithUid, reply) => {
		if (!store.webhook(request.params.uid)) return await notFound(reply);
		store.removeWebhook(request.params.uid);
		return await reply.status(204).send();
	});
	api.post('/webhooks/:uid/test/', async (request: WithUid, reply) => {
		const webhook = store.webhook(request.params.uid);
		if (!webhook) return await notFound(reply);
		const answer = await deliverer.sendOnce(webhook, 'test', settings.wireFormat);
		const isRefused = 'status' in answer && (answer.status < 200 || answer.status >= 300);
		return shownTestResult(
			isRefused ? { error: `The target answered ${answer.status}.` } : answer,
			settings.wireFormat,
		);
	});
	api.get('/webhook-deliveries/', async (request) =>
		pageOf(request, store.deliveries, (delivery) => shownDelivery(delivery, settings.wireFormat)),
	);
	api.get('/webhook-deliveries/:uid/', async (request: WithUid, reply) => {
		const delivery = store.delivery(request.params.uid);
		return delivery ? shownDelivery(delivery, settings.wireFormat) : await notFound(reply);
	});
}

/** Answers 401 to what comes without the key. */
export function requireApiKey(apiKey: string) {
	return async (
		request: FastifyRequest,
		reply: FastifyReply,
	): Promise<FastifyReply | undefined> => {
		const given = request.headers['x-avala-api-key'];
		if (given === apiKey) return undefined;
		const detail =
			given === undefined ? 'Authentication credentials were not provided.' : 'Invalid API key.';
		return await reply.status(401).send({ detail });
	};
}

/** Answers with the error's own status, in the API's shape. */
export async function sendError(
	error: unknown,
	_request: FastifyRequest,
	reply: FastifyReply,
): Promise<FastifyReply> {
	const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
	const detail = error instanceof Error ? error.message : 'Server error.';
	return await reply.status(status >= 400 ? status : 500).send({ detail });
}

async function notFound(reply: FastifyReply): Promise<FastifyReply> {
	return await reply.status(404).send({ detail: 'Not found.' });
}

/**
 * A page of a list that is kept oldest first, shown newest first. The cursor names the entry that a
 * page begins after, so that entries which come in meanwhile shift nothing.
 */
function pageOf<T extends { uid: string }>(
	request: FastifyRequest,
	list: readonly T[],
	show: (entry: T) => Resource,
): Resource {
	const query = asObject(request.query);
	const limit = Math.min(
		MAX_PAGE_SIZE,
		Math.max(1, Math.floor(Number(query.limit)) || MAX_PAGE_SIZE),
	);
	const isAscending = query.ordering === 'created_at';
	const step = isAscending ? 1 : -1;
	const after = typeof query.cursor === 'string' ? readCursor(query.cursor, list) : undefined;
	const newest = list.length - 1;
	const first = isAscending ? 0 : newest;
	const start =
		after === undefined ? first : Math.min(after + step, isAscending ? Infinity : newest);

	const results: Resource[] = [];
	let at = start;
	for (let entry = list[at]; entry && results.length < limit; entry = list[(at += step)])
		results.push(show(entry));
	/** The page that begins after the entry at this index, or at the list's start. */
	const link = (index: number): string => {
		const url = new URL(request.url, `${request.protocol}://${request.host}`);
		const entry = list[index];
		if (entry) {
			const cursor = Buffer.from(`${index}:${entry.uid}`).toString('base64url');
			url.searchParams.set('cursor', cursor);
		} else url.searchParams.delete('cursor');
		return url.href;
	};
	return {
		next: list[at] ? link(at - step) : null,
		previous: list[start - step] ? link(start - step - limit * step) : null,
		results,
	};
}

/**
 * The index of the entry that the cursor names; it was at the given index when the cursor was made, or
 * has moved down.
 * @throws 404 when the text is no cursor
 */
function readCursor<T extends { uid: string }>(cursor: string, list: readonly T[]): number {
	const [index = '', uid = ''] = Buffer.from(cursor, 'base64url').toString().split(':');
	if (!/^\d+$/.test(index)) throw Object.assign(new Error('Invalid cursor'), { statusCode: 404 });
	if (list[Number(index)]?.uid === uid) return Number(index);
	const moved = list.findIndex((entry) => entry.uid === uid);
	return moved === -1 ? Number(index) : moved;
}

function asObject(value: unknown): Resource {
	return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** What is wrong with the fields, in the shape of the API's 400 answers. */
function problemsOf(
	given: Resource,
	settings: ApiSettings,
	isNew: boolean,
): Record<string, string[]> | undefined {
	const problems: Record<string, string[]> = {};
	const { target_url: targetUrl, events, is_active: isActive, secret } = given;

	if (targetUrl === undefined && isNew) problems.target_url = ['This field is required.'];
	else if (targetUrl !== undefined && !isTarget(targetUrl, settings)) {
		problems.target_url = ['Enter a valid HTTPS URL.'];
	}
	if (events === undefined && isNew) problems.events = ['This field is required.'];
	else if (events !== undefined) {
		if (!Array.isArray(events) || events.length === 0)
			problems.events = ['This list may not be empty.'];
		else {
			const unknown = events.filter((event) => !KNOWN_EVENTS.has(String(event)));
			if (unknown.length > 0)
				problems.events = unknown.map((event) => `"${String(event)}" is not a valid choice.`);
		}
	}
	if (isActive !== undefined && typeof isActive !== 'boolean')
		problems.is_active = ['Must be a valid boolean.'];
	if (secret !== undefined && (typeof secret !== 'string' || secret === '')) {
		problems.secret = ['This field may not be blank.'];
	}
	return Object.keys(problems).length > 0 ? problems : undefined;
}

function isTarget(value: unknown, { allowHttpLoopbackTargets }: ApiSettings): boolean {
	if (typeof value !== 'string' || !URL.canParse(value)) return false;
	const { protocol, hostname } = new URL(value);
	return (
		protocol === 'https:' ||
		(allowHttpLoopbackTargets &&
			protocol === 'http:' &&
			['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
	);
}

/** The checked fields in the store's names. */
function fieldsOf(given: Resource): Partial<StoredWebhook> {
	const { target_url: targetUrl, events, is_active: isActive, secret } = given;
	return {
		...(typeof targetUrl === 'string' && { targetUrl }),
		...(Array.isArray(events) && { events: events.map(String) }),
		...(typeof isActive === 'boolean' && { isActive }),
		...(typeof secret === 'string' && { secret }),
	};
}
