import type { RateLimit } from './rateLimiter';
import type { Scope } from './api/scopes';
import { DOCUMENTED_EVENTS, NEWEST_EVENTS } from './eventTypes';
import { MAIN_ACCOUNT } from './webhookRecords';
import type { ExportPlan } from './resources/resourceRecords';
import type { WireFormat } from './wireFormat';

/** The shape of an Avala key: 40 hex digits. It is valid for a sandbox only. */
export const SANDBOX_API_KEY = '5a4db0c5a4db0c5a4db0c5a4db0c5a4db0c5a4db';

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
	/** As Avala may do it: a new webhook whose ping gets no 2xx is left inactive. */
	activateOnlyIfPingOk: boolean;
	/** Avala accepts https alone; tests may deliver to plain http on loopback. */
	allowHttpLoopbackTargets: boolean;
	/** Which event types a webhook may subscribe to: all documented ones, those of Avala's newest page, or these. */
	knownEvents: 'documented' | 'newest' | readonly string[];
	/** Further event types that are allowed, such as `export.ready` or `task.failed`. */
	furtherEvents: readonly string[];
	/** Whether the refusal of an unknown event type names it. */
	namesUnknownEvents: boolean;
	/** `{"<field>": […]}` and `{"detail"}`; `{"detail"}` alone; or `{"error": {"code", "message", "details"}}`. */
	errorShape: 'fields' | 'detail' | 'envelope';
	/** What happens to a secret in `POST /webhooks/`. `mask` uses it and shows `********`; `ignore` generates another. */
	suppliedSecret: 'keep' | 'trim' | 'mask' | 'ignore';
	/** How the guide's format shows a delivery that has failed and will be retried. */
	guideShowsRetriesAs: 'pending' | 'failed';
	/** What `next` carries: a cursor, or the number of a page. */
	paginateBy: 'cursor' | 'page';
	/** Whether one export may be of both a project and a dataset. */
	exportsTakeBoth: boolean;
}

export interface SandboxOptions extends Partial<ApiSettings> {
	/** Any free one by default. */
	port?: number;
	apiKey?: string;
	/** What the sandbox's own key may do; everything by default. */
	scopes?: readonly Scope[];
	/** Further API keys. */
	keys?: readonly ApiKey[];
	/** PEM of a certificate authority that is trusted when events are delivered. */
	ca?: string;
	/** How many times faster than real time retries come and exports get ready. */
	clockSpeed?: number;
	/** How long a target may take to respond. */
	deliveryTimeoutMs?: number;
	rateLimit?: RateLimit | false;
	testEventType?: string;
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
		activateOnlyIfPingOk: options.activateOnlyIfPingOk ?? false,
		allowHttpLoopbackTargets: options.allowHttpLoopbackTargets ?? false,
		knownEvents: options.knownEvents ?? 'documented',
		furtherEvents: options.furtherEvents ?? [],
		namesUnknownEvents: options.namesUnknownEvents ?? true,
		errorShape: options.errorShape ?? 'fields',
		suppliedSecret: options.suppliedSecret ?? 'keep',
		guideShowsRetriesAs: options.guideShowsRetriesAs ?? 'pending',
		paginateBy: options.paginateBy ?? 'cursor',
		exportsTakeBoth: options.exportsTakeBoth ?? true,
	};
}

export function keysOf({ apiKey = SANDBOX_API_KEY, scopes, keys = [] }: SandboxOptions): Keys {
	return new Map(
		[{ key: apiKey, scopes }, ...keys].map((key) => [key.key, { account: MAIN_ACCOUNT, ...key }]),
	);
}

/** Whether a webhook may subscribe to the event type. */
export function isKnownEvent(type: unknown, { knownEvents, furtherEvents }: ApiSettings): boolean {
	if (typeof type !== 'string') return false;
	const known =
		knownEvents === 'documented'
			? DOCUMENTED_EVENTS
			: knownEvents === 'newest'
				? NEWEST_EVENTS
				: knownEvents;
	return known.includes(type) || furtherEvents.includes(type);
}
