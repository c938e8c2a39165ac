import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:http';
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** A request that Avala would never send. */
export interface HostileRequest {
	/** What is wrong with it, in a few words. */
	kind: string;
	/** n8n itself fails to read the body, before it calls the node, and responds 500. */
	failsInN8n: boolean;
	method: string;
	/** Appended to the webhook's path. */
	suffix: string;
	headers: Record<string, string | string[]>;
	body: Buffer;
}

/** Numbers below a bound, the same for the same seed (mulberry32). */
type Random = (bound: number) => number;

function randomOf(seed: number): Random {
	let state = seed;
	return (bound) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
	};
}

const pick = <T>(random: Random, [first, ...rest]: [T, ...T[]]): T =>
	[first, ...rest][random(rest.length + 1)] ?? first;

const bytes = (random: Random, length: number) =>
	Buffer.from(Array.from({ length }, () => random(256)));

const EVENT = '{"id":"evt_1","type":"task.completed","created_at":"2026-03-02T10:30:00Z","data":{';
/** Ten megabytes, within n8n's limit of sixteen, in ten kilobytes. */
const BOMB = gzipSync(Buffer.alloc(10 * 1024 * 1024, ' '));

const BODIES: Record<string, (random: Random) => Buffer> = {
	'random bytes': (random) => bytes(random, random(300)),
	'truncated JSON': (random) => Buffer.from(EVENT.slice(0, random(EVENT.length))),
	'deeply nested JSON': (random) => {
		const depth = 1 + random(20_000);
		return Buffer.from(`${EVENT}"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`);
	},
	'prototype keys': (random) => {
		const key = pick(random, ['__proto__', 'constructor', 'prototype', 'toString']);
		return Buffer.from(`${EVENT}"${key}":{"type":"x"}},"${key}":{"isAdmin":true}}`);
	},
	'huge numbers': (random) =>
		Buffer.from(`${EVENT}"n":${'9'.repeat(1 + random(5000))}e${random(999)}}}`),
	'a huge string': (random) =>
		Buffer.from(`${EVENT}"s":"${'x'.repeat(random(100) === 0 ? 1_000_000 : random(5000))}"}}`),
	'another encoding': (random) =>
		Buffer.from(`${EVENT}"s":"Grüße"}}`, pick(random, ['utf16le', 'latin1'])),
	'no object': (random) => Buffer.from(pick(random, ['', 'null', '[]', '1', '"x"', '{}', 'true'])),
	'an event': () => Buffer.from(`${EVENT}}}`),
};

const CONTENT_TYPES: [string, ...string[]] = [
	'application/json',
	'application/json; charset=utf-16',
	'application/json; charset=nonsense',
	'text/plain',
	'application/x-www-form-urlencoded',
	'multipart/form-data; boundary=x',
	'multipart/form-data',
	'application/octet-stream',
	'',
	'nonsense',
];
/** Content types whose body n8n reads itself. */
const READ_BY_N8N = /^(application\/(json|x-www-form-urlencoded)|text\/plain)/;

/** The same request for the same index. Its signature is correct only where the body is not an event. */
export function hostileRequest(index: number, secret: string): HostileRequest {
	const random = randomOf(index);
	const [bodyKind, makeBody] = pick(
		random,
		Object.entries(BODIES) as [[string, typeof BODIES.x], ...Array<[string, typeof BODIES.x]>],
	);
	let body = makeBody?.(random) ?? Buffer.alloc(0);
	const isSignable = bodyKind === 'random bytes' || bodyKind === 'no object';
	const [signatureKind, headers] = signature(random, body, secret, isSignable);
	const contentType = pick(random, CONTENT_TYPES);
	if (contentType !== '') headers['content-type'] = contentType;
	let failsInN8n = false;
	let kind = `${bodyKind}, ${signatureKind}`;

	const special = random(1000);
	if (special === 0) {
		kind = `gzip bomb, ${signatureKind}`;
		body = BOMB;
		headers['content-encoding'] = 'gzip';
	} else if (special < 20) {
		kind = `falsely compressed, ${signatureKind}`;
		headers['content-encoding'] = pick(random, ['gzip', 'deflate', 'br', 'nonsense']);
		failsInN8n = READ_BY_N8N.test(contentType);
	} else if (special < 40) {
		kind = 'oversized header';
		headers['x-avala-webhook-event'] = 'x'.repeat(20_000);
		// A body still being written when the server closes the connection would look like a missing response.
		body = Buffer.alloc(0);
	}
	return {
		kind,
		failsInN8n,
		method: random(20) === 0 ? pick(random, ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) : 'POST',
		suffix:
			random(20) === 0 ? pick(random, ['/', '/x', '%00', '/%2e%2e/x', '?a[__proto__]=1']) : '',
		headers,
		body,
	};
}

function signature(
	random: Random,
	body: Buffer,
	secret: string,
	isSignable: boolean,
): [string, HostileRequest['headers']] {
	const name = pick(random, [
		'x-avala-signature',
		'X-AVALA-SIGNATURE',
		'x-avala-webhook-signature',
		'X-Avala-Webhook-Signature',
	]);
	const right = createHmac('sha256', secret).update(body).digest('hex');
	const other = createHmac('sha256', 'other').update(body).digest('hex');
	switch (random(isSignable ? 8 : 7)) {
		case 0:
			return ['no signature', {}];
		case 1:
			return ['an empty signature', { [name]: '' }];
		case 2:
			return ['a signature with another secret', { [name]: other }];
		case 3:
			return ['a truncated signature', { [name]: right.slice(0, random(64)) }];
		case 4:
			return ['a signature in capitals', { [name]: `${right.toUpperCase()}A` }];
		case 5:
			return ['repeated signatures', { [name]: [other, right.slice(1), other] }];
		case 6:
			return ['random text', { [name]: bytes(random, random(200)).toString('base64') }];
		default:
			return ['the right signature', { [name]: right }];
	}
}

export interface Sender {
	/**
	 * @returns the status
	 * @throws when there is no response within 60 s
	 */
	send(url: string, hostile: HostileRequest): Promise<number>;
	close(): void;
}

/** Sends over this many connections, which are kept open. */
export function sender(connections: number): Sender {
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	const send = async (url: string, hostile: HostileRequest): Promise<number> =>
		await new Promise((resolve, reject) => {
			const { method, suffix, headers, body } = hostile;
			const outgoing = request(
				url + suffix,
				{
					agent,
					method,
					headers: { ...headers, 'content-length': String(body.length) },
					timeout: 60_000,
				},
				(response: IncomingMessage) => {
					response.resume();
					response.on('end', () => resolve(response.statusCode ?? 0));
					response.on('error', reject);
				},
			);
			outgoing.on('timeout', () => outgoing.destroy(new Error('no response within 60 s')));
			outgoing.on('error', (error: NodeJS.ErrnoException) => {
				// The server may close a kept connection just when it is used again.
				if (outgoing.reusedSocket && error.code === 'ECONNRESET')
					send(url, hostile).then(resolve, reject);
				else reject(error);
			});
			outgoing.end(body);
		});
	return { send, close: () => agent.destroy() };
}
