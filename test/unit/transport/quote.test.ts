import fc from 'fast-check';

import {
	quote,
	quoteAll,
	readErrorBody,
	unlessSecret,
	WITHHELD,
} from '../../../nodes/Avala/transport/quote';

const KEY = '0a'.repeat(20);
const errorBody = (body: unknown, secrets: string[] = []) =>
	readErrorBody(typeof body === 'string' ? body : JSON.stringify(body), secrets);

describe('a text of Avala’s', () => {
	it.each([
		'target_url: Must be https. Webhook 7a1d6a5e-3f0e-4f2e-9a59-6f7a8b9c0d1e, evt_abc123, 429',
		'The token is invalid. Ask the owner of the account for another one.',
		'100% of C:\\data were read, see https://docs.avala.example.com/keys#limits',
		'無効な値です。',
		'user%40example.com is no %5Blist%5D, sk-abcde and eyJshort are no keys',
	])('is shown when it holds no secret: %s', (text) => {
		expect(quote(text, [KEY, 'correct horse battery'])).toBe(text);
	});

	it.each<[string, string]>([
		['an Avala key', `key ${KEY} is wrong`],
		['a key in capitals', KEY.toUpperCase()],
		['a signing secret', 'f'.repeat(64)],
		['a bearer token', 'sent Bearer abc.def-123456'],
		['a header', 'Authorization: Basic dXNlcjpwYXNz'],
		['a key by its prefix', 'sk-abcdef1234'],
		['another one', 'in avk_abcdef123456'],
		['a live key', '/pk_live_abc/x'],
		['a token', 'got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_DEF'],
		['a PEM block', 'x -----BEGIN PRIVATE KEY-----\nabc'],
		['a value behind its name', '{"api_key":"a b"}'],
		['a value in a form', 'password=hunter2'],
		['a value in brackets', "client_secret = 'x'"],
		['a signed link', 'Invalid signature for /exports/1.zip?sig=abc'],
		['letters that JSON escapes', 'x\\u0068unter2'],
		['letters that URLs escape', '%68unter2'],
		['letters that HTML escapes', '&#104;unter2'],
		['letters that are escaped twice', '%2568unter2, or &amp;#104;unter2'],
		['letters that another language escapes', '\\150unter2'],
		['a digit that URLs escape', 'x%39y'],
		['a capital that URLs escape', 'x%4By'],
		['a late capital that URLs escape', 'x%5Ay'],
		['a late letter that URLs escape', 'x%7ay'],
		['an API key without a separator in its name', 'apikey=x'],
		['a bearer token behind two blanks', 'Bearer  abcdefgh'],
		['a bearer token behind an invisible character', 'Bearer\u200babcdefgh'],
	])('is withheld as a whole for %s', (_, text) => {
		expect(quote(text, [])).toBe(WITHHELD);
	});

	it('is withheld for the longest run of letters and digits of a known secret, in any case', () => {
		const known = ['pä"ss-Word12\\+', ' blanks around it\n'];
		expect(quote('no "WORD12" here', known)).toBe(WITHHELD);
		expect(quote('Word1 and ss', known)).toBe('Word1 and ss');
		expect(quote('BLANKS', known)).toBe(WITHHELD);
	});

	it.each([
		`${' '.repeat(3_961)}${KEY}`,
		`the key ${KEY.slice(0, 20)}\n${KEY.slice(20)}`,
		[...KEY].join('\u200b'),
		KEY.match(/.{8}/g)?.join('.') ?? '',
	])('shows no piece of a secret that is cut or split: %#', (text) => {
		const shown = quote(text, [KEY]);
		expect(['', WITHHELD]).toContain(shown);
	});

	it('is withheld for the whole of a secret that has no run of six, and for none of three', () => {
		expect(quote('a-b+ c', ['A-B+ '])).toBe(WITHHELD);
		expect(quote('++++'.repeat(10), ['+'.repeat(30_000)])).toBe('+'.repeat(40));
		expect(quote('+'.repeat(70), ['+'.repeat(30_000)])).toBe(WITHHELD);
		expect(quote('the cat', ['the', 'e', ''])).toBe('the cat');
		expect(quote('abc - def', ['abc/def'])).toBe(WITHHELD);
	});

	it('never shows a known secret, wherever it stands', () => {
		const secrets = fc.string({ minLength: 4 }).filter((secret) => secret.trim().length >= 4);
		fc.assert(
			fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
				expect(quote(before + secret + after, [secret])).toBe(WITHHELD);
			}),
		);
	});

	it('is one line of 400 characters at most, without invisible ones', () => {
		expect(quote(' a\r\n\tb\u200b\u202ec ', [])).toBe('a b c');
		expect(quote('x'.repeat(400), [])).toBe('x'.repeat(400));
		expect(quote('x'.repeat(100_000), [])).toBe(`${'x'.repeat(400)}…`);
	});

	it('of any length is looked at up to 4,000 characters, which bounds the work', () => {
		const seen: number[] = [];
		const test = jest.spyOn(RegExp.prototype, 'test').mockImplementation((text) => {
			seen.push(text.length);
			return false;
		});
		quote('secret: '.repeat(1_000_000), ['+'.repeat(1_000_000)]);
		test.mockRestore();
		expect(Math.max(...seen)).toBeLessThanOrEqual(4_000);
	});

	it.each<[unknown, string]>([
		[7, '7'],
		[['a'], ''],
	])('is text or a number, and nothing else: %j', (value, shown) => {
		expect(quote(value, [])).toBe(shown);
	});
});

it('a secret that is spread over several texts, or over names of fields, is not shown', () => {
	const [first, second] = ['q1w2e3r4t5', 'y6u7i8o9p0'];
	const secrets = [first + second, 'whs-9f8e-7d6c'];
	for (const [body, shown] of [
		[{ events: [first, second] }, `events: ${WITHHELD}.`],
		[{ a: [first], b: [second] }, `a: ${WITHHELD}. b: ${WITHHELD}.`],
		[{ detail: first, b: [second] }, `${WITHHELD}. b: ${WITHHELD}.`],
		[{ [first]: ['x'], [second]: ['y'] }, 'another field: x. another field: y.'],
		[{ 'WHS-9F8E': ['x'], '7D6C': ['y'] }, 'another field: x. another field: y.'],
	] as const) {
		expect(
			errorBody(body, secrets)
				.text.split(/(?<=\. )/)
				.sort(),
		).toEqual(shown.split(/(?<=\. )/).sort());
	}
	expect(quoteAll({ a: first, b: second }, secrets)).toEqual({});
	expect(quoteAll({ [first + second]: 1, b: 2 }, secrets)).toEqual({ b: 2 });
});

it('a text of our own is withheld when a long secret was put into it, and not for a short one', () => {
	expect(unlessSecret('About Abc-123-def-456.', ['abc123def456'])).toBe(WITHHELD);
	expect(unlessSecret('About abc-123-def-45.', ['abc123def45'])).toBe('About abc-123-def-45.');
	expect(unlessSecret('About project proj_1.', ['abc123def456'])).toBe('About project proj_1.');
});

it('of a test event with thousands of values some are shown', () => {
	const said = quoteAll({ list: Array.from({ length: 100_000 }, () => 'x') }, []);
	expect(said.list).toHaveLength(198);
	const deep = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
	expect(JSON.stringify(quoteAll(deep, []))).toContain('[[[');
});

describe('what Avala says in a refusal', () => {
	it.each<[unknown, string, string[]]>([
		[{ detail: 'Not found.' }, 'Not found.', []],
		[{ detail: 'Not found' }, 'Not found.', []],
		[
			{ target_url: ['Must be https.'], events: ['A.', 'B'] },
			'target_url: Must be https. events: A. B.',
			['target_url', 'events'],
		],
		[
			{ error: { code: 'x', message: 'Wrong', details: { events: ['Bad'] } } },
			'Wrong. events: Bad.',
			['events'],
		],
		[{ error: { message: 'Wrong!' } }, 'Wrong!', []],
		[{ detail: 'No.', events: { '1': ['Unknown.'] } }, 'No. events: Unknown.', ['events']],
		[{ detail: [{ msg: 'Too long.', n: 1 }] }, 'detail: Too long.', ['detail']],
		[
			{ 'a b': ['Bad.'], [KEY]: ['Bad.'] },
			'another field: Bad. another field: Bad.',
			['another field', 'another field'],
		],
		[{ events: [null, 7, 'Bad.'], more: null }, 'events: Bad.', ['events']],
		[{ [`f${'x'.repeat(60)}`]: ['Bad.'] }, 'another field: Bad.', ['another field']],
		[{ message: 'of no documented shape', code: 7 }, '', []],
		[{ events: [], more: null }, '', []],
		['"text"', '', []],
		['', '', []],
		['\ufeff{"detail": "Not found."}', 'Not found.', []],
	])('is read from the shapes that its documents have: %j', (body, text, fields) => {
		expect(errorBody(body)).toMatchObject({ text, fields });
	});

	it('may be withheld in one text and shown in the others, with the names of the fields', () => {
		const secret = 'own-secret-1';
		const body = { detail: `No ${KEY}`, secret: [`${secret} is weak`], events: ['Bad.'] };
		expect(errorBody(body, [secret])).toEqual({
			text: `${WITHHELD}. secret: ${WITHHELD}. events: Bad.`,
			fields: ['secret', 'events'],
			eventTypes: [],
		});
		expect(errorBody({ [secret]: ['Bad.'] }, [secret]).fields).toEqual(['another field']);
		expect(errorBody({ a: ['no correct', 'horse'] }, ['correct horse']).text).toContain(WITHHELD);
	});

	it.each(['<html><h1>Bad day</h1>', ' \n<!doctype html>', '<?xml version="1.0"?>'])(
		'is nothing in a page: %s',
		(body) => {
			expect(errorBody(body)).toMatchObject({ text: '', fields: [] });
		},
	);

	it('is short, however much was sent', () => {
		const many = Object.fromEntries(
			Array.from({ length: 25 }, (_, field) => [`f${field}`, ['No.']]),
		);
		expect(errorBody(many).fields).toHaveLength(20);
		expect(errorBody(many).text).toMatch(/f19: No\.$/);
		const two = errorBody({ a: ['x'.repeat(300)], b: ['y'.repeat(300)] }).text;
		expect([two.length, two.slice(-2)]).toEqual([401, 'y…']);
		for (const body of [
			JSON.stringify({ detail: 'x'.repeat(60_000), events: ['y'.repeat(60_000)] }),
			`${'{"a":'.repeat(8000)}"deep"${'}'.repeat(8000)}`,
			`{"events":[${'"a",'.repeat(16_000)}"a"]}`,
		]) {
			expect(errorBody(body).text.length).toBeLessThanOrEqual(401);
		}
	});
});

it('what Avala says about a test event has neither headers nor secrets, at any level', () => {
	const sent = {
		message: `No ${KEY}`,
		status: 404,
		ok: false,
		none: null,
		pin: 12345678,
		headers: { accept: '*/*' },
		request_headers: {},
		request: { body: 'x' },
		secret: 'x',
		api_key: 'x',
		apikey: 'x',
		header: 'x',
		last_request: 'x',
		[`the ${KEY}`]: 'x',
		'the 12345678': 'x',
		response: { texts: ['a\nb', { deep: { secret: 'x', deeper: [[KEY]] } }] },
	};
	expect(quoteAll(sent, ['12345678'])).toEqual({
		message: WITHHELD,
		status: 404,
		ok: false,
		none: null,
		pin: WITHHELD,
		last_request: 'x',
		response: { texts: ['a b', { deep: { deeper: [[WITHHELD]] } }] },
	});
});
