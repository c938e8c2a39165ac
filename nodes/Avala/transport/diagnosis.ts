import type { Endpoint } from './paths';
import type { ErrorBody } from './quote';

/** What an error tells about a request. */
export interface RequestInfo {
	method: string;
	/** Path below the base URL, e.g. `/webhooks/wh_1/`. */
	path: string;
	/** Host and port that the request was for. */
	host: string;
	endpoint: Endpoint;
	/** Whether it was for a file at a storage, which never sees the API key. */
	isStorage?: boolean;
}

/** A response that is no success. */
interface Refusal {
	status: number;
	body: ErrorBody;
	/** Whether it is a web page, which Avala does not send. */
	isPage: boolean;
	/** Where a redirect pointed to, host only. */
	redirectHost?: string;
	/** How long Avala asks to wait, in milliseconds. */
	retryAfterMs?: number;
}

/** What an error says. */
interface Diagnosis {
	/** What happened, and to what. */
	heading: (request: RequestInfo, refusal: Refusal) => string;
	/** What to do now. */
	advice: (request: RequestInfo, refusal: Refusal) => string;
}

const NOT_ACCEPTED: Diagnosis = {
	heading: ({ endpoint }, { body: { fields } }) =>
		fields.length > 0
			? `Avala did not accept ${[...new Set(fields)].map((field) => `'${field}'`).join(', ')}`
			: `Avala did not accept the values for ${endpoint.subject}`,
	advice: () => 'Correct what Avala names and run the node again.',
};

const BY_STATUS: Record<number, Diagnosis> = {
	400: NOT_ACCEPTED,
	401: {
		heading: () => 'Avala refused the API key',
		advice: () =>
			'It is wrong, revoked or expired: enter a current key in the Avala credential and save it, which tests it.',
	},
	403: {
		heading: ({ endpoint }) => `The API key may not access ${endpoint.subject}`,
		advice: ({ method, endpoint: { collection } }) => {
			const { permissions } = collection;
			const permission = method === 'GET' ? permissions?.read : permissions?.write;
			return `${permission === undefined ? 'Have its owner grant it access' : `It needs the permission ${permission}: have its owner grant it`} in Avala, or use another key.`;
		},
	},
	404: {
		heading: ({ endpoint }) => `Avala does not know ${endpoint.subject}`,
		advice: () =>
			"It may have been deleted, or belong to another account. Check the ID, and 'API Key' and 'Base URL' in the Avala credential.",
	},
	405: {
		heading: ({ method, path }) => `Avala does not allow ${method} on ${path}`,
		advice: () => "Check that 'Base URL' in the Avala credential ends in /api/v1.",
	},
	409: {
		heading: ({ endpoint }) => `Avala reports a conflict for ${endpoint.subject}`,
		advice: () =>
			'Someone else may have changed it at the same time. Look at its current state first.',
	},
	413: {
		heading: () => 'The request was too large for Avala',
		advice: () => 'Send less at once.',
	},
	422: NOT_ACCEPTED,
	429: {
		heading: () => 'Avala’s rate limit was reached',
		advice: (_, { retryAfterMs }) =>
			`${!retryAfterMs ? 'Wait a minute' : `Avala asks to wait ${Math.ceil(retryAfterMs / 1000)} s`} before the next request. Avala allows 100 requests a minute for each user, and five exports at a time: run fewer items at once, or run them later.`,
	},
};

const REDIRECT: Diagnosis = {
	heading: ({ host }) => `${host} responded with a redirect`,
	advice: (_, { redirectHost }) =>
		`It points to ${redirectHost ?? 'another address'} and was not followed, because the API key would travel with it. Enter the address of the API itself as 'Base URL' in the Avala credential.`,
};

const SERVER_TROUBLE: Diagnosis = {
	heading: ({ endpoint }) => `Avala could not process the request for ${endpoint.subject}`,
	advice: ({ method, endpoint }) =>
		method === 'GET'
			? 'The fault is on Avala’s side. Run the node again in a few minutes; if it persists, check Avala’s status page.'
			: `The fault is on Avala’s side. ${mayBeDone(endpoint)}`,
};

/** Not Avala's word, whatever the status says about permissions or servers. */
const WEB_PAGE: Diagnosis = {
	heading: ({ host }, { status }) =>
		`${host} responded ${status} with a web page, not as Avala does`,
	advice: ({ method, endpoint, host }) =>
		`A proxy or a firewall between n8n and Avala seems to have responded in its place. Have it let requests from n8n to ${host} through, and check 'Base URL' in the Avala credential.${method === 'GET' ? '' : ` ${mayBeDone(endpoint)}`}`,
};

const OTHER: Diagnosis = {
	heading: ({ endpoint }) => `Avala refused the request for ${endpoint.subject}`,
	advice: () => 'Check the parameters of this node.',
};

/** A storage that refuses a file: its words may repeat the signature of the link, and are not shown. */
const FILE_REFUSED: Diagnosis = {
	heading: ({ endpoint }) => `The file of ${endpoint.subject} could not be downloaded`,
	advice: ({ host }, { status }) => {
		if (status === 429 || status >= 500) return 'Run the node again in a few minutes.';
		const expired =
			'Links to exports are short-lived, and files may be removed: create a new export.';
		if (status !== 401) return expired;
		return `The API key was not sent to ${host}. If that is Avala’s API, enter its address as 'Base URL' in the Avala credential. ${expired}`;
	},
};

/** Which diagnosis fits: the one table of all that Avala or a storage may respond. */
export function diagnosisOf({ isStorage }: RequestInfo, { status, isPage }: Refusal): Diagnosis {
	if (isStorage) return FILE_REFUSED;
	if (status >= 300 && status < 400) return REDIRECT;
	if (isPage) return WEB_PAGE;
	return BY_STATUS[status] ?? (status >= 500 ? SERVER_TROUBLE : OTHER);
}

/** A write whose outcome is not known: whoever sends it again may do it twice. */
export function mayBeDone({ subject }: Endpoint): string {
	return `Avala may have done what was asked all the same: look at ${subject} in Avala before you do anything else.`;
}
