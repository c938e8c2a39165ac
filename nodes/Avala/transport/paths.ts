import { UserError } from 'n8n-workflow';

/** What Avala keeps under one path: how messages call it, and the permissions that a key needs for it. */
export interface Collection {
	/** Below the base URL, with a slash at both ends. */
	path: string;
	noun: string;
	plural: string;
	/** Avala's name for the permission to read; `write` for everything that changes something. */
	permissions: { read: string; write: string };
}

export const WEBHOOKS: Collection = {
	path: '/webhooks/',
	noun: 'webhook',
	plural: 'webhooks',
	permissions: { read: 'webhooks.read', write: 'webhooks.write' },
};

export const DELIVERIES: Collection = {
	path: '/webhook-deliveries/',
	noun: 'delivery',
	plural: 'deliveries',
	permissions: { read: 'webhooks.read', write: 'webhooks.write' },
};

export const EXPORTS: Collection = {
	path: '/exports/',
	noun: 'export',
	plural: 'exports',
	permissions: { read: 'exports.read', write: 'exports.create' },
};

export const TASKS: Collection = {
	path: '/tasks/',
	noun: 'task',
	plural: 'tasks',
	permissions: { read: 'tasks.read', write: 'tasks.write' },
};

export const PROJECTS: Collection = {
	path: '/users/me/projects/',
	noun: 'project',
	plural: 'projects',
	permissions: { read: 'projects.read', write: 'projects.write' },
};

/** Where older servers keep the projects; on newer ones it is for Avala's own staff. */
export const PROJECTS_OF_OLDER_SERVERS: Collection = { ...PROJECTS, path: '/projects/' };

export const DATASETS: Collection = {
	path: '/datasets/',
	noun: 'dataset',
	plural: 'datasets',
	permissions: { read: 'datasets.read', write: 'datasets.write' },
};

/** Where a request goes, and what an error says it was about. */
export interface Endpoint {
	path: string;
	/** For a sentence: `webhook wh_1`, `the webhooks`. */
	subject: string;
	collection: Collection;
}

/** The whole collection: its list, or where a new entry is posted. */
export function all(collection: Collection): Endpoint {
	return { path: collection.path, subject: `the ${collection.plural}`, collection };
}

/**
 * One entry of a collection, or what lies below it (`action`, such as `test`).
 *
 * @throws UserError for an ID that could lead to another path
 */
export function one(collection: Collection, id: string, action?: string): Endpoint {
	const uid = checkedId(collection, id);
	const path = `${collection.path}${uid}/${action === undefined ? '' : `${action}/`}`;
	return { path, subject: `${collection.noun} ${uid}`, collection };
}

/** Whether a text without blanks around it can be an ID, and so leads to no other path. */
export function isId(text: string): boolean {
	return /^\w[\w.~-]{0,199}$/.test(text) && !text.includes('..');
}

/**
 * Avala's IDs are words such as `wh_1a2b3c` and UUIDs; anything else might change a path, or find nothing.
 *
 * @returns the ID without blanks around it
 * @throws UserError for anything else
 */
export function checkedId({ noun, plural }: Collection, id: string): string {
	const text = id.trim();
	if (isId(text)) return text;
	const problem =
		text === ''
			? `The ID of the ${noun} is empty`
			: `${JSON.stringify(text.slice(0, 80))} is not the ID of ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
	throw new UserError(
		`${problem}. An ID consists of letters, digits, hyphens and underscores, such as wh_1a2b3c or a UUID. Take the ID from a list of ${plural}.`,
	);
}
