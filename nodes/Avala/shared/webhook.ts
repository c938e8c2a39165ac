import { NodeApiError } from 'n8n-workflow';

import { GUIDE_TYPES } from './eventCatalogue';
import { booleanOf, isObject, textOf, textsIn, uidOf } from './values';

/** A webhook at Avala, in the one form in which both nodes read it. */
export interface Webhook {
	uid: string;
	targetUrl: string;
	events: string[];
	isActive: boolean;
}

/** @returns undefined for what has no ID, and so is no webhook that could be used */
export function readWebhook(value: unknown): Webhook | undefined {
	if (!isObject(value)) return undefined;
	const uid = uidOf(value);
	if (uid === undefined) return undefined;
	return {
		uid,
		targetUrl: textOf(value.target_url) ?? '',
		events: textsIn(value.events),
		isActive: booleanOf(value.is_active) !== false,
	};
}

/**
 * True for the same address, however it is written: case of the host, default port, slash at its end, and a `?`
 * or `#` with nothing behind it.
 */
export function isSameUrl(a: string, b: string): boolean {
	return URL.canParse(a) && URL.canParse(b) && plainHref(a) === plainHref(b);
}

function plainHref(text: string): string {
	const url = new URL(text);
	const { pathname, search, hash } = url;
	// Set to nothing, the search and the hash lose their sign as well.
	Object.assign(url, { pathname: pathname.replace(/\/$/, ''), search, hash });
	return url.href;
}

/** The event types of a webhook that are to be subscribed to. */
export interface WantedTypes {
	/** Selected or entered one by one: never left out. */
	required: string[];
	/** What `*` stands for: servers know different ones, so those that one refuses are left out. */
	optional: string[];
}

/** Types that all of Avala's documents name. */
const COMMON: readonly string[] = [
	'dataset.created',
	'dataset.deleted',
	'dataset.updated',
	'export.completed',
	'export.failed',
	'task.completed',
];

/** Which of the optional types to try with, one choice after the other; `named` are those that the refusal names. */
const CHOICES: ReadonlyArray<(type: string, named: readonly string[]) => boolean> = [
	() => true,
	(type, named) => !named.includes(type),
	(type) => GUIDE_TYPES.includes(type),
	(type) => COMMON.includes(type) || !GUIDE_TYPES.includes(type),
	(type) => COMMON.includes(type),
];

/**
 * Subscribes to all types. If Avala does not accept them, it tries those that the refusal does not name, then
 * the guide's, then the newest page's, then those that all documents have: five requests at most.
 *
 * @param send creates or changes the webhook so that it has exactly these types
 * @returns the response to the accepted request, and the optional types that were left out
 * @throws the error of `send`, at once where it cannot be about the types
 */
export async function subscribe<T>(
	{ required, optional }: WantedTypes,
	send: (events: string[]) => Promise<T>,
): Promise<{ response: T; refused: string[] }> {
	const tried = new Set<string>();
	let refusal: unknown;
	for (const isChosen of CHOICES) {
		const named = namedIn(refusal, optional);
		const types = optional.filter((type) => isChosen(type, named));
		const events = [...required, ...types];
		if (events.length === 0 || tried.has(events.join())) continue;
		tried.add(events.join());
		try {
			const response = await send(events);
			return { response, refused: optional.filter((type) => !types.includes(type)) };
		} catch (error) {
			refusal = error;
			if (!mayConcernTypes(error)) break;
		}
	}
	throw refusal;
}

/** What is sent beside the event types. */
const OTHER_FIELDS: readonly string[] = ['target_url', 'secret', 'is_active'];

/** A refusal of the values, unless it names only other fields than the event types. */
function mayConcernTypes(error: unknown): boolean {
	if (!(error instanceof NodeApiError) || !['400', '422'].includes(error.httpCode ?? ''))
		return false;
	const fields = textsIn(error.context.refusedFields);
	return fields.length === 0 || fields.some((field) => !OTHER_FIELDS.includes(field));
}

/** None where a refusal names all of them: it repeats what was sent, and does not say which ones are unknown. */
function namedIn(refusal: unknown, optional: readonly string[]): string[] {
	const named = refusal instanceof NodeApiError ? textsIn(refusal.context.refusedTypes) : [];
	return optional.every((type) => named.includes(type)) ? [] : named;
}
