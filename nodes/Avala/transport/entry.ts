import type { IDataObject } from 'n8n-workflow';

import { idOf, isObject } from '../shared/values';
import type { Connection } from './connection';
import { unusableError } from './errors';
import type { AvalaRequest } from './request';
import { askedFor, avalaRequest } from './request';
import { tidy } from './words';

const SHOWN_FIELDS = 5;

/**
 * One thing of Avala's, such as a webhook or a task, by its `uid`. It is read again after a change that
 * Avala confirms without it (204).
 *
 * @throws NodeApiError that says what came, when that is no object with an ID
 */
export async function avalaEntry(
	connection: Connection,
	request: AvalaRequest,
): Promise<IDataObject> {
	const { status, value } = await avalaRequest(connection, request);
	if (value === undefined && request.method === 'PATCH') {
		return await avalaEntry(connection, { method: 'GET', endpoint: request.endpoint });
	}
	const entry = isObject(value) ? withUid(value) : undefined;
	if (entry && idOf(entry.uid) !== undefined) return entry;
	const wrote =
		request.method === 'GET'
			? ''
			: '. Avala may have done what was asked: look before you try again';
	const what = `${whatCame(value, connection.secrets)}, not one with a 'uid'${wrote}`;
	throw unusableError(connection, askedFor(connection, request), status, what);
}

/** The older wire format has been seen to say `id` for `uid`. */
export function withUid(entry: IDataObject): IDataObject {
	const { uid, id } = entry;
	return idOf(uid) === undefined && idOf(id) !== undefined ? { ...entry, uid: id } : entry;
}

/** What tells an entry from others: its ID; one without an ID by all that it holds. */
export function entryKey(entry: IDataObject): string {
	return idOf(entry.uid) ?? JSON.stringify(entry);
}

/** The beginning of a sentence about a response that was expected to be another one. */
export function whatCame(value: unknown, secrets: readonly string[]): string {
	if (value === undefined) return 'it is empty';
	if (Array.isArray(value)) return 'it is a list';
	if (!isObject(value)) return `it is ${value === null ? 'null' : `a ${typeof value}`}`;
	const names = Object.keys(value);
	if (names.length === 0) return 'it is an empty object';
	const shown = names.slice(0, SHOWN_FIELDS).map((name) => `'${tidy(name, secrets).slice(0, 40)}'`);
	return `it is an object with ${shown.join(', ')}${names.length > SHOWN_FIELDS ? ' and more' : ''}`;
}
