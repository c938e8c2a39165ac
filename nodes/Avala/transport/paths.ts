import { UserError } from 'n8n-workflow';

import { isNothing, shown } from '../shared/values';

/** What Avala keeps under one path, and how messages call it. */
export interface Collection {
	/** Below the base URL, with a slash at both ends; `{project}` stands for the ID of a project that it lies below. */
	path: string;
	noun: string;
	plural: string;
	/** An ID as it may look. */
	example: string;
	/** Avala's names for the permissions of a key to read and to change, where they are documented. */
	permissions?: { read: string; write: string };
	/** For a sentence about all of it: ` of project proj_1`, where it lies below one. */
	of?: string;
}

/**
 * A collection of things that are called by this noun.
 *
 * @param example an ID as it may look
 * @param more `permissions` is the word with which Avala's names for them begin: `webhooks`
 */
export function collectionOf(
	noun: string,
	example: string,
	more: { plural?: string; path?: string; permissions?: string } = {},
): Collection {
	const { plural = `${noun}s`, path = `/${plural}/`, permissions: word } = more;
	const permissions = word === undefined ? word : { read: `${word}.read`, write: `${word}.write` };
	return { path, noun, plural, example, permissions };
}

export const WEBHOOKS = collectionOf('webhook', 'wh_1a2b3c4d', { permissions: 'webhooks' });

export const DELIVERIES = collectionOf('delivery', 'whd_1a2b3c4d', {
	plural: 'deliveries',
	path: '/webhook-deliveries/',
	permissions: 'webhooks',
});

export const EXPORTS: Collection = {
	...collectionOf('export', 'exp_1a2b3c4d'),
	permissions: { read: 'exports.read', write: 'exports.create' },
};

export const TASKS = collectionOf('task', 'task_1a2b3c4d', { permissions: 'tasks' });

export const PROJECTS = collectionOf('project', 'proj_1a2b3c4d', {
	path: '/users/me/projects/',
	permissions: 'projects',
});

export const DATASETS = collectionOf('dataset', 'ds_1a2b3c4d', { permissions: 'datasets' });

/** Where a request goes, and what an error says it was about. */
export interface Endpoint {
	path: string;
	/** For a sentence: `webhook wh_1`, `the webhooks`. */
	subject: string;
	collection: Collection;
}

/** The collection below one thing: `/projects/{project}/quality-targets/` of the project with this ID. */
export function below(collection: Collection, id: string): Collection {
	let of = '';
	const path = collection.path.replace(/\{(.+)\}/, (_, noun: string) => {
		of = ` of ${noun} ${id}`;
		return id;
	});
	return { ...collection, path, of };
}

/** The whole collection: its list, or where a new entry is posted. */
export function all(collection: Collection): Endpoint {
	const { path, plural, of = '' } = collection;
	return { path, subject: `the ${plural}${of}`, collection };
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
	const isSafe = /^\w[\w.~-]{0,199}$/.test(text) && !text.includes('..');
	return isSafe && !isNothing(text);
}

/**
 * Avala's IDs are words such as `wh_1a2b3c` and UUIDs; anything else might change a path, or find nothing.
 *
 * @param parameter the display name of the parameter that holds the ID, for the error
 * @returns the ID without blanks around it
 * @throws UserError for anything else
 */
export function checkedId(
	{ noun, plural, example }: Collection,
	id: string,
	parameter = `The ID of the ${noun}`,
): string {
	const text = id.trim();
	if (isId(text)) return text;
	const name = parameter.startsWith('The ') ? parameter : `'${parameter}'`;
	const problem = isNothing(text)
		? `is ${shown(text)}: the expression gave nothing`
		: `cannot be ${shown(text)}`;
	throw new UserError(`${name} ${text === '' ? 'is empty' : problem}.`, {
		description: `An ID consists of letters, digits, hyphens and underscores, such as ${example} or a UUID. Take the ID from a list of ${plural}.`,
	});
}
