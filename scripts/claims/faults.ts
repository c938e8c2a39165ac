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
				file: trigger('verify'),
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
				file: trigger('verify'),
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
				file: trigger('verify'),
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
			{ file: trigger('verify'), search: "if (secret === '') return false;", replace: '' },
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
				search: "later(context, 'The webhook is still being registered.",
				replace: "refuse(context, 401, 'The webhook is still being registered.",
			},
		],
		test: {
			file: integration('trigger/requests'),
			title: 'responds 503 to a real event, so that Avala sends it again',
		},
	},
	{
		what: 'the header is believed before the signed body',
		edits: [
			{
				file: 'nodes/Avala/shared/event.ts',
				search:
					'readGuide(body, type) ?? readOlder(body, type) ?? readNewer(body, { type, deliveryId })',
				replace:
					'readNewer(body, { type, deliveryId }) ?? readGuide(body, type) ?? readOlder(body, type)',
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
			title: 'respond 400 to an event that is too old, or tells no time',
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
			title: 'respond 403 to an address that is not on the allowlist, and let the others in',
		},
	},
	{
		what: 'redirects are followed, with the key',
		edits: [...FOLLOW_REDIRECTS, KEY_TO_ANY_HOST],
		test: {
			file: integration('avala/faults'),
			title: 'when a response redirects elsewhere, or a next page lies elsewhere',
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
			title: 'when a response redirects elsewhere, or a next page lies elsewhere',
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
				file: transport('knownSecrets'),
				search: 'return replaceRanges(text, ranges, mark, upTo);',
				replace: 'return text.slice(0, upTo);',
			},
		],
		test: {
			file: integration('trigger/activation'),
			title: 'shows neither key nor secret in an error that quotes them',
		},
	},
	{
		what: 'a text is changed before the secrets of the credential are looked for in it',
		edits: [
			{
				file: transport('words'),
				search: 'hideKnownSecrets(text.slice(0, 2 * MAX_READ), secrets, MARK, MAX_READ)',
				replace: 'text.slice(0, MAX_READ)',
			},
		],
		test: { file: unit('transport/redact'), title: 'hides %j, however it is written' },
	},
	{
		what: 'a piece of a secret stays where a text is cut',
		edits: [
			{
				file: transport('words'),
				search: 'text.length > MAX_READ ? endBeforeCut(line) : line.length',
				replace: 'line.length',
			},
		],
		test: {
			file: unit('transport/words'),
			title: 'show no piece of %s in the middle of which a long text is cut',
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
			title: 'never show a key, a secret or a token that a response quotes',
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
		what: 'the stored webhook is kept, changed and deleted whatever its URL',
		edits: [
			{
				file: trigger('registration'),
				search: 'webhook && isSameUrl(webhook.targetUrl, targetUrl)',
				replace: 'webhook',
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
				file: trigger('turns'),
				search: 'if (registration) writeRegistration',
				replace: 'if (registration?.webhookId) writeRegistration',
			},
		],
		test: {
			file: integration('trigger/activation'),
			title: 'removes the webhook and forgets it',
		},
	},
	{
		what: 'a signed event is accepted although the credential cannot be read',
		edits: [{ file: trigger('verify'), search: "return 'unknown';", replace: "return 'valid';" }],
		test: {
			file: integration('trigger/verification'),
			title:
				'refuses unsigned requests with 401 and signed ones with 503, starts nothing, and warns once',
		},
	},
	{
		what: 'an unsigned request is told to come again when the credential cannot be read',
		edits: [
			{
				file: trigger('receive'),
				search: 'signatures.length === 0 && isRegistered',
				replace: 'signatures.length < 0',
			},
			{
				file: trigger('verify'),
				search: "if (signatures.length === 0) return 'invalid';",
				replace: "if (signatures.length === 0) return 'unknown';",
			},
		],
		test: {
			file: integration('trigger/verification'),
			title:
				'refuses unsigned requests with 401 and signed ones with 503, starts nothing, and warns once',
		},
	},
	{
		what: 'the log gets a warning for each request',
		edits: [{ file: trigger('warnings'), search: '< INTERVAL_MS', replace: '< 0' }],
		test: {
			file: integration('trigger/verification'),
			title:
				'refuses unsigned requests with 401 and signed ones with 503, starts nothing, and warns once',
		},
	},
	{
		what: 'each forged request has the credential decrypted',
		edits: [
			{
				file: trigger('secret'),
				search: 'if (known && known.until > Date.now()) return await known.reading;',
				replace: '',
			},
		],
		test: {
			file: integration('trigger/verification'),
			title: 'does not decrypt the credential for each forged request',
		},
	},
	{
		what: 'Max Event Age goes by the times of a bare resource',
		edits: [
			{
				file: trigger('receive'),
				search: 'hasOwnTime ? ageProblem(event, maxEventAgeMinutes) : undefined',
				replace: 'ageProblem(event, maxEventAgeMinutes)',
			},
		],
		test: {
			file: integration('trigger/verification'),
			title: 'does not judge an event by the times of its resource',
		},
	},
	{
		what: 'an allowlist that an expression leaves empty lets everyone in',
		edits: [
			{
				file: trigger('parameters'),
				search: "restriction('ipAllowlist', readAllowlist)",
				replace:
					"option('ipAllowlist', [], (value) => (isBlank(value) ? [] : readAllowlist(value)))",
			},
		],
		test: {
			file: integration('trigger/verification'),
			title: 'refuses activation and every request when %s is %s',
		},
	},
	{
		what: 'a list of projects that an expression leaves empty lets every project in',
		edits: [
			{
				file: trigger('parameters'),
				search: "restriction('projects', readProjects)",
				replace: "option('projects', [], (value) => (isBlank(value) ? [] : readProjects(value)))",
			},
		],
		test: {
			file: integration('trigger/verification'),
			title: 'refuses activation and every request when %s is %s',
		},
	},
	{
		what: 'an age that is no number is no limit',
		edits: [
			{
				file: trigger('parameters'),
				search: "readNumber('Max Event Age (Minutes)', value, 0)",
				replace: 'Number(value) || 0',
			},
		],
		test: {
			file: integration('trigger/verification'),
			title: 'refuses activation and every request when %s is %s',
		},
	},
	{
		what: 'the derived secret is the same for every API key',
		edits: [
			{
				file: trigger('secret'),
				search: "createHmac('sha256', apiKey)",
				replace: "createHmac('sha256', 'n8n')",
			},
		],
		test: {
			file: unit('trigger/secret'),
			title: 'is another one for another API key, another node, and the test webhook',
		},
	},
	{
		what: 'the derived secret is the same for every node',
		edits: [
			{
				file: trigger('secret'),
				search: "webhookId ?? `${context.getWorkflow().id ?? ''}/${name}`,",
				replace: "'node',",
			},
		],
		test: {
			file: unit('trigger/secret'),
			title: 'is another one for another API key, another node, and the test webhook',
		},
	},
	{
		what: 'the test webhook has the published workflow’s secret',
		edits: [
			{
				file: trigger('secret'),
				search: "context.getMode() === 'manual' ? 'test' : 'production'",
				replace: "'production'",
			},
		],
		test: {
			file: unit('trigger/secret'),
			title: 'is another one for another API key, another node, and the test webhook',
		},
	},
	{
		what: 'events are verified with the stored copy of the secret alone',
		edits: [
			{
				file: trigger('verify'),
				search: "if (verifySignature(body, signatures, current.value)) return 'valid';",
				replace: '',
			},
		],
		test: {
			file: integration('trigger/registration'),
			title: 'when n8n was killed before it stored anything, and while create still runs',
		},
	},
	{
		what: 'the stored copy of the secret is not used',
		edits: [
			{
				file: trigger('verify'),
				search:
					"if (secret !== undefined && verifySignature(body, signatures, secret)) return 'valid';",
				replace: '',
			},
		],
		test: {
			file: integration('trigger/registration'),
			title: 'after the API key was changed, as long as the stored secret is there',
		},
	},
	{
		what: 'a secret from the credential is stored in static data as well',
		edits: [
			{
				file: trigger('registration'),
				search: '...((isOther || !isOwn) && { secret }),',
				replace: 'secret,',
			},
		],
		test: {
			file: integration('trigger/registration'),
			title:
				'with the credential’s secret, which static data does not hold although Avala echoes it',
		},
	},
	{
		what: 'nothing tells whether a webhook was created with the credential’s secret',
		edits: [
			{
				file: trigger('verify'),
				search: 'secretProof !== proofOf(current.value, webhookId);',
				replace: "secretProof === '';",
			},
		],
		test: {
			file: integration('trigger/verification'),
			title:
				'of a webhook created with another one than the credential holds is named as the cause',
		},
	},
	{
		what: 'a masked secret passes for a secret',
		edits: [
			{
				file: trigger('secret'),
				search: '&& new Set(shown).size >= 8',
				replace: '',
			},
		],
		test: {
			file: unit('trigger/secret'),
			title: 'is a mask when it is %s: %j',
		},
	},
	{
		what: 'the mask that Avala shows is stored as the secret',
		edits: [
			{
				file: trigger('registration'),
				search: 'looksLikeSecret(shown) &&',
				replace: '',
			},
		],
		test: {
			file: integration('trigger/registration'),
			title: 'when Avala shows the secret masked',
		},
	},
	{
		what: 'what one key may read is used for another',
		edits: [
			{
				file: trigger('startList'),
				search: 'JSON.stringify([baseUrl, apiKey])',
				replace: 'JSON.stringify([baseUrl])',
			},
		],
		test: { file: integration('trigger/start'), title: 'is not shared between keys' },
	},
	{
		what: 'what one server shows is used for another',
		edits: [
			{
				file: trigger('startList'),
				search: 'JSON.stringify([baseUrl, apiKey])',
				replace: 'JSON.stringify([apiKey])',
			},
		],
		test: { file: integration('trigger/start'), title: 'is not shared between base URLs' },
	},
	{
		what: 'the Avala Missed Events Trigger activates any webhook',
		edits: [
			{
				file: 'nodes/Avala/missedEvents/watched.ts',
				search: 'webhook && isSameUrl(webhook.targetUrl, targetUrl) ? webhook : undefined',
				replace: 'webhook',
			},
		],
		test: {
			file: integration('missedEvents/poll'),
			title: 'the webhook is activated again when Avala has deactivated it, and no other',
		},
	},
];
