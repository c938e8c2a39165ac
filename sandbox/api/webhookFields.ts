import { newSecret } from '../webhookRecords';
import type { StoredWebhook } from '../webhookRecords';
import type { Resource } from '../resources/resourceRecords';
import type { ApiSettings } from '../settings';
import { isKnownEvent } from '../settings';
import type { FieldProblems } from './errors';
import { ApiError } from './errors';

const MAX_TARGET_URL = 2048;
const MAX_SECRET = 255;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

const tooLong = (most: number) => `Ensure this field has no more than ${most} characters.`;

/**
 * The fields of a webhook in a request's body.
 * @throws ApiError 400 with the problems of each field
 */
export function readWebhook(
	given: Resource,
	settings: ApiSettings,
	isNew: boolean,
): Partial<StoredWebhook> {
	const { target_url: targetUrl, events, is_active: isActive, secret } = given;
	const problems: FieldProblems = {};
	const note = (field: string, found: string[]) => {
		if (found.length > 0) problems[field] = found;
	};
	if (isNew || targetUrl !== undefined) note('target_url', urlProblems(targetUrl, settings));
	if (isNew || events !== undefined) note('events', eventProblems(events, settings));
	if (isActive !== undefined && typeof isActive !== 'boolean') {
		note('is_active', ['Must be a valid boolean.']);
	}
	if (isNew && secret !== undefined) note('secret', secretProblems(secret));
	if (Object.keys(problems).length > 0) throw new ApiError(400, problems);
	return {
		...(typeof targetUrl === 'string' && { targetUrl }),
		...(Array.isArray(events) && { events: events.map(String) }),
		...(typeof isActive === 'boolean' && { isActive }),
		...(isNew && typeof secret === 'string' && { secret: usedSecret(secret, settings) }),
	};
}

/** What the response to the creation shows as the secret. */
export function shownSecret(
	{ secret }: StoredWebhook,
	isSupplied: boolean,
	{ suppliedSecret }: ApiSettings,
): string {
	return isSupplied && suppliedSecret === 'mask' ? '********' : secret;
}

function usedSecret(secret: string, { suppliedSecret }: ApiSettings): string {
	if (suppliedSecret === 'ignore') return newSecret();
	return suppliedSecret === 'trim' ? secret.trim() : secret;
}

function urlProblems(value: unknown, { allowHttpLoopbackTargets }: ApiSettings): string[] {
	if (value === undefined) return ['This field is required.'];
	if (typeof value !== 'string' || !URL.canParse(value)) return ['Enter a valid HTTPS URL.'];
	if (value.length > MAX_TARGET_URL) return [tooLong(MAX_TARGET_URL)];
	const { protocol, hostname } = new URL(value);
	const isAllowedHttp =
		allowHttpLoopbackTargets && protocol === 'http:' && LOOPBACK.includes(hostname);
	return protocol === 'https:' || isAllowedHttp ? [] : ['Enter a valid HTTPS URL.'];
}

function eventProblems(value: unknown, settings: ApiSettings): string[] {
	if (value === undefined) return ['This field is required.'];
	if (!Array.isArray(value) || value.length === 0) return ['This list may not be empty.'];
	const unknown = value.filter((event) => !isKnownEvent(event, settings));
	if (unknown.length === 0) return [];
	return settings.namesUnknownEvents
		? unknown.map((event) => `"${String(event)}" is not a valid choice.`)
		: ['One or more event types are not supported.'];
}

function secretProblems(value: unknown): string[] {
	if (typeof value !== 'string' || value === '') return ['This field may not be blank.'];
	return value.length > MAX_SECRET ? [tooLong(MAX_SECRET)] : [];
}
