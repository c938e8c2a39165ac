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
