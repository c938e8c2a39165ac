import type { Citation } from './citations';

/** A text in a file that ships, found there exactly once, and what is put in its place. */
export interface Edit {
	file: string;
	search: string;
	replace: string;
}

/** A way to make a statement of SECURITY.md untrue, and the test that must fail then. */
export interface Fault {
	/** What the broken code does, in a few words. */
	what: string;
	edits: Edit[];
	test: Citation;
}

const trigger = (name: string) => `nodes/Avala/trigger/${name}.ts`;
const transport = (name: string) => `nodes/Avala/transport/${name}.ts`;
const unit = (name: string) => `test/unit/${name}.test.ts`;
const integration = (name: string) => `test/integration/${name}.test.ts`;

const FOLLOW_REDIRECTS: Edit[] = [
	{
		file: transport('exchange'),
		search: 'disableFollowRedirect: true',
		replace: 'disableFollowRedirect: false',
	},
	{
		file: 'credentials/AvalaApi.credentials.ts',
		search: '\t\t\t...WITHOUT_REDIRECTS,\n',
		replace: '',
	},
];

const KEY_TO_ANY_HOST: Edit = {
	file: 'credentials/AvalaApi.credentials.ts',
	search: 'target.origin !== new URL(base).origin',
	replace: 'target.origin === "null"',
};

export const FAULTS: Fault[] = [
	{
		what: 'any signature of the right shape is accepted',
		edits: [
			{
				file: trigger('signature'),
				search: "timingSafeEqual(Buffer.from(signature, 'hex'), expected)",
				replace: 'signature.length === expected.length * 2',
			},
		],
		test: {
			file: unit('trigger/signature'),
			title: 'refuses a body in which any single bit was altered',
		},
	},
	{
		what: 'signatures are compared byte by byte, up to the first difference',
		edits: [
			{
				file: trigger('signature'),
				search: "timingSafeEqual(Buffer.from(signature, 'hex'), expected)",
				replace: "expected.equals(Buffer.from(signature, 'hex'))",
			},
		],
		test: { file: unit('trigger/signature'), title: 'compares in constant time' },
	},
	{
		what: 'a request without a signature is not refused',
		edits: [
			{
				file: trigger('receive'),
				search: 'signatures.length === 0 && isRegistered',
				replace: 'signatures.length < 0',
			},
			{
				file: trigger('receive'),
				search: "if (signatures.length === 0) return 'invalid';",
				replace: "if (signatures.length === 0) return 'valid';",
			},
		],
		test: {
			file: integration('trigger/requests'),
			title: 'is refused whatever it says, in every format',
		},
	},
	{
		what: 'an empty text counts as a secret',
		edits: [
			{
				file: trigger('stored'),
				search: 'textOf(stored.webhookSecret)',
				replace: 'stored.webhookSecret as string | undefined',
			},
			{ file: trigger('signature'), search: "if (secret === '') return false;", replace: '' },
		],
		test: {
			file: integration('trigger/requests'),
			title: 'accepts nothing signed with an empty secret',
		},
	},
	{
		what: 'an event that cannot be verified yet is refused for good',
		edits: [
			{
				file: trigger('receive'),
				search: "later(context, 'The signing secret is not known yet.",
				replace: "refuse(context, 401, 'The signing secret is not known yet.",
			},
		],
		test: {
			file: integration('trigger/requests'),
			title: 'answers a real event 503, so that Avala sends it again',
		},
	},
	{
		what: 'the header is believed before the signed body',
		edits: [
			{
				file: 'nodes/Avala/shared/event.ts',
				search:
					'readGuide(body, isComplete) ?? readOlder(body, isComplete) ?? readNewer(body, hints)',
				replace:
					'readNewer(body, hints) ?? readGuide(body, isComplete) ?? readOlder(body, isComplete)',
			},
		],
		test: {
			file: unit('shared/event'),
			title: 'believes the signed body, not the header, about the type',
		},
	},
	{
		what: 'Max Event Age has no effect',
		edits: [
			{
				file: trigger('receive'),
				search: 'hasOwnTime ? ageProblem(event, maxEventAgeMinutes) : undefined',
				replace: 'undefined',
			},
		],
		test: {
			file: integration('trigger/requests'),
			title: 'answer 400 to an event that is too old, or tells no time',
		},
	},
	{
		what: 'events at different times have the same ID',
		edits: [
			{
				file: 'nodes/Avala/shared/event.ts',
				search: 'sorted([type, time ?? null, data])',
				replace: 'sorted([type, data])',
			},
		],
		test: {
			file: unit('shared/event'),
			title:
				'gives an event without an id of its own the same id on each try, and another event another one',
		},
	},
	{
		what: 'the IP allowlist has no effect',
		edits: [
			{
				file: trigger('receive'),
				search: '!isAllowed(request.ip, parameters.ipAllowlist)',
				replace: 'isAllowed(request.ip, parameters.ipAllowlist) === undefined',
			},
		],
		test: {
			file: integration('trigger/requests'),
			title: 'answer 403 to an address that is not on the allowlist, and let the others in',
		},
	},
	{
		what: 'redirects are followed, with the key',
		edits: [...FOLLOW_REDIRECTS, KEY_TO_ANY_HOST],
		test: {
			file: integration('avala/faults'),
			title: 'when an answer redirects elsewhere, or a next page lies elsewhere',
		},
	},
	{
		what: 'a next page on another host is requested, with the key',
		edits: [
			{
				file: transport('pages'),
				search: 'url.origin === origin && !url.username',
				replace: 'url.origin !== "null" && !url.username',
			},
			KEY_TO_ANY_HOST,
		],
		test: {
			file: integration('avala/faults'),
			title: 'when an answer redirects elsewhere, or a next page lies elsewhere',
		},
	},
	{
		what: 'the key goes to the storage that the API redirects to',
		edits: [
			{ file: transport('openFile'), search: 'isApi &&= url.origin === api;', replace: '' },
			KEY_TO_ANY_HOST,
		],
		test: {
			file: integration('avala/download'),
			title: 'when the API redirects to the storage, which never sees the key',
		},
	},
	{
		what: 'a base URL may be plain http',
		edits: [
			{
				file: transport('baseUrl'),
				search: "return protocol === 'https:' ||",
				replace: "return protocol === 'http:' || protocol === 'https:' ||",
			},
		],
		test: {
			file: integration('avala/faults'),
			title: 'a base URL that is not https is refused before a request leaves',
		},
	},
	{
		what: 'the secrets of the credential are not looked for in what Avala says',
		edits: [
			{
				file: transport('redact'),
				search: 'hideNamedValues(hideKnownSecrets(text, known, MARK))',
				replace: 'hideNamedValues(text)',
			},
		],
		test: {
			file: integration('trigger/activation'),
			title: 'shows neither key nor secret in an error that quotes them',
		},
	},
	{
		what: 'what looks like a secret is shown',
		edits: [
			{
				file: transport('redact'),
				search: '(result, [shape, mark]) => result.replace(shape, mark)',
				replace: '(result) => result',
			},
		],
		test: {
			file: integration('avala/faults'),
			title: 'never show a key, a secret or a token that an answer quotes',
		},
	},
	{
		what: 'nobody is shown the secret that Avala made',
		edits: [
			{
				file: 'nodes/Avala/actions/webhook/create.operation.ts',
				search: 'if (secret !== undefined) delete response.secret;',
				replace: 'delete response.secret;',
			},
		],
		test: {
			file: integration('avala/webhooks'),
			title: 'Create gives the webhook with the secret that Avala made',
		},
	},
	{
		what: 'deactivation deletes the stored webhook whatever its URL',
		edits: [
			{
				file: trigger('registration'),
				search: 'stored && isSameUrl(stored.targetUrl, targetUrl) ? [stored.uid] : []',
				replace: 'stored ? [stored.uid] : []',
			},
		],
		test: {
			file: integration('trigger/activation'),
			title: 'does not touch a webhook with another URL even if static data names it',
		},
	},
	{
		what: 'activation keeps and changes the stored webhook whatever its URL',
		edits: [
			{
				file: trigger('registration'),
				search:
					'webhook.uid === registration.webhookId &&\n\t\tisSameUrl(webhook.targetUrl, wanted.targetUrl);',
				replace: 'webhook.uid === registration.webhookId;',
			},
		],
		test: {
			file: integration('trigger/activation'),
			title: 'does not touch a webhook with another URL even if static data names it',
		},
	},
	{
		what: 'a webhook with a plain http URL is registered',
		edits: [
			{
				file: trigger('wanted'),
				search: 'if (!isHttps(targetUrl)) {',
				replace: 'if (targetUrl === "") {',
			},
		],
		test: {
			file: integration('trigger/activation'),
			title: 'stops at a webhook URL that is not https, before any request, and names WEBHOOK_URL',
		},
	},
	{
		what: 'the old secret is kept after deactivation',
		edits: [
			{
				file: trigger('registration'),
				search:
					'else await deleteAll(context, targetUrl, ACTIVATION_LIMIT_MS, webhookId);\n\twriteRegistration(context, NOT_REGISTERED);',
				replace: 'else await deleteAll(context, targetUrl, ACTIVATION_LIMIT_MS, webhookId);',
			},
		],
		test: {
			file: integration('trigger/activation'),
			title: 'removes the webhook and forgets it',
		},
	},
];
