import type { RateLimit } from './api/rateLimit';
import type { Scope } from './api/keys';
import { DOCUMENTED_EVENTS, NEWEST_EVENTS } from './eventTypes';
import { MAIN_ACCOUNT } from './account';
import type { ExportPlan } from './resources/resourceRecords';
import type { WireFormat } from './wireFormat';

/** The shape of an Avala key: 40 hex digits. It is valid for a sandbox only. */
export const SANDBOX_API_KEY = '5a4db0c5a4db0c5a4db0c5a4db0c5a4db0c5a4db';

export const API_PREFIX = '/api/v1';

/** An additional API key. */
export interface ApiKey {
	key: string;
	/** Webhooks, deliveries and exports belong to the account of the key that created them; `main` by default. */
	account?: string;
	/** What the key may do; everything by default. */
	scopes?: readonly Scope[];
}

/** How the API behaves where Avala's documents and servers differ. */
export interface ApiSettings {
	wireFormat: WireFormat;
	/** Whether a new webhook gets a ping while its POST is still open. */
	pingOnCreate: boolean;
	/** Avala accepts https alone; tests may deliver to plain http on loopback. */
	allowHttpLoopbackTargets: boolean;
	/** Which event types a webhook may subscribe to: all documented ones, those of Avala's newest page, or these. */
	knownEvents: 'documented' | 'newest' | readonly string[];
	/** Whether the refusal of an unknown event type names it. */
	namesUnknownEvents: boolean;
	/** Whether an agent's executions come in pages, or as a JSON list as in some documents. */
	executionsAre: 'pages' | 'list';
}

export interface SandboxOptions extends Partial<ApiSettings> {
	/** Any free one by default. */
	port?: number;
	apiKey?: string;
	/** Further API keys. */
	keys?: readonly ApiKey[];
	/** PEM of a certificate authority that is trusted when events are delivered. */
	ca?: string;
	/** How many times faster than real time retries come and exports get ready. */
	clockSpeed?: number;
	rateLimit?: RateLimit | false;
	/** How exports proceed; each can have its own plan. */
	exports?: Partial<ExportPlan>;
	/** Whether there are projects, tasks and datasets from the start; there are by default. */
	sampleData?: boolean;
	/** Keeps everything there, so that a restart loses nothing. */
	stateFile?: string;
}

export type Keys = ReadonlyMap<string, Required<Pick<ApiKey, 'account'>> & ApiKey>;

export function apiSettings(options: SandboxOptions): ApiSettings {
	return {
		wireFormat: options.wireFormat ?? 'guide',
		pingOnCreate: options.pingOnCreate ?? true,
		allowHttpLoopbackTargets: options.allowHttpLoopbackTargets ?? false,
		knownEvents: options.knownEvents ?? 'documented',
		namesUnknownEvents: options.namesUnknownEvents ?? true,
		executionsAre: options.executionsAre ?? 'pages',
	};
}

export function keysOf({ apiKey = SANDBOX_API_KEY, keys = [] }: SandboxOptions): Keys {
	return new Map(
		[{ key: apiKey }, ...keys].map((key) => [key.key, { account: MAIN_ACCOUNT, ...key }]),
	);
}

/** Whether a webhook may subscribe to the event type. */
export function isKnownEvent(type: string, { knownEvents }: ApiSettings): boolean {
	const lists = { documented: DOCUMENTED_EVENTS, newest: NEWEST_EVENTS };
	return (typeof knownEvents === 'string' ? lists[knownEvents] : knownEvents).includes(type);
}
