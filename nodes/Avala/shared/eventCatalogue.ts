import { UserError } from 'n8n-workflow';

import { readTexts, shown } from './values';

/** Stands for every event type in the catalogue, in the trigger and in the webhook operations alike. */
export const ALL_EVENTS = '*';

/** The event types of Avala's guide, grouped by what they are about: the order people see them in. */
const OF_GUIDE = {
	'task.completed': 'An annotator has finished a task',
	'task.created': 'A task was added to a project',
	'task.deleted': 'A task was removed from a project',
	'task.rejected': 'A reviewer has sent a task back',
	'task.reviewed': 'A reviewer has looked at a finished task',
	'task.updated': 'A task was changed',
	'export.completed': 'An export is ready to be downloaded',
	'export.created': 'An export was requested and is being prepared',
	'export.failed': 'An export could not be prepared',
	'project.created': 'A project was created',
	'project.deleted': 'A project was removed',
	'project.updated': 'A project was changed',
	'dataset.created': 'A dataset was created',
	'dataset.deleted': 'A dataset was removed',
	'dataset.updated': 'A dataset was changed',
};

/** The types that Avala's newest page names beside some of the guide's. */
const OF_NEWEST_PAGE = {
	'quality.alert': 'A quality target was missed',
	'result.accepted': 'A reviewer has accepted a result',
	'result.rejected': 'A reviewer has rejected a result',
	'result.submitted': 'An annotator has submitted a result',
};

/** Named in single places of Avala's documents: too uncertain to offer, but no mistake. */
export const FURTHER_TYPES: readonly string[] = [
	'export.ready',
	'project.completed',
	'project.status_changed',
	'task.approved',
	'task.failed',
	'task.submitted',
];

export const GUIDE_TYPES: readonly string[] = Object.keys(OF_GUIDE);
const CATALOGUE_TYPES: readonly string[] = [...GUIDE_TYPES, ...Object.keys(OF_NEWEST_PAGE)];

/** The event types that Avala documents: what the editor offers. */
export const EVENT_CATALOGUE = Object.entries({ ...OF_GUIDE, ...OF_NEWEST_PAGE }).map(
	([value, description]) => ({
		name: value.split('.').map(capitalised).join(' '),
		value,
		description: GUIDE_TYPES.includes(value)
			? description
			: `${description}. Not every account has this type.`,
	}),
);

function capitalised(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}

/** `task.completed`: a subject and what happened to it. */
export function looksLikeEventType(text: string): boolean {
	return /^[a-z][\w-]*(?:\.[\w-]+)+$/i.test(text);
}

/** Whether Avala's documents name this event type. */
export function isKnownEventType(type: string): boolean {
	return CATALOGUE_TYPES.includes(type) || FURTHER_TYPES.includes(type);
}

/** The event types of the catalogue that a text names, be it JSON or not, and no part of a longer word. */
export function typesNamedIn(text: string): string[] {
	const words = new Set(text.split(/\\u\w{4}|\\.?|[^\w.\\]+|\.(?!\w)/));
	return CATALOGUE_TYPES.filter((type) => words.has(type));
}

/**
 * The event types that a parameter holds. The labels of the editor are understood as well.
 *
 * @throws UserError for what is empty, or cannot be an event type
 */
export function readEventTypes(name: string, value: unknown): string[] {
	return readTexts(name, value).map((text) => {
		const lower = text.toLowerCase();
		if (['*', 'all', 'all event types'].includes(lower)) return ALL_EVENTS;
		const type = lower.replace(' ', '.');
		if (CATALOGUE_TYPES.includes(type)) return type;
		if (looksLikeEventType(text)) return text;
		throw unknownType(name, text);
	});
}

/**
 * The same for what is searched for among events that have happened: an unknown type would find
 * nothing, which looks like good news. `*` is every type, and so no restriction: an empty list.
 *
 * @param elsewhere the parameter that takes unknown types, if there is one
 */
export function readKnownEventTypes(name: string, value: unknown, elsewhere?: string): string[] {
	const types = readEventTypes(name, value);
	if (types.includes(ALL_EVENTS)) return [];
	const unknown = types.find((type) => !isKnownEventType(type));
	if (unknown !== undefined) throw unknownType(name, unknown, elsewhere);
	return types;
}

function unknownType(name: string, text: string, elsewhere?: string): UserError {
	const hint =
		elsewhere === undefined ? '' : ` Enter a type that is not among them under '${elsewhere}'.`;
	return new UserError(`'${name}' contains ${shown(text)}, which is not a known event type.`, {
		description: `Known types: ${CATALOGUE_TYPES.join(', ')}.${hint}`,
	});
}

/**
 * The event types that a choice stands for, each once: `*` is spelled out, since Avala itself knows no
 * wildcard. A type that is also selected or entered by itself is a required one.
 */
export function expandEvents(
	chosen: readonly string[],
	custom: readonly string[] = [],
): { required: string[]; optional: string[] } {
	const types = [...chosen, ...custom];
	const required = new Set(types.filter((type) => type !== ALL_EVENTS));
	const all = types.includes(ALL_EVENTS) ? CATALOGUE_TYPES : [];
	return { required: [...required], optional: all.filter((type) => !required.has(type)) };
}

/** Whether an event type is among those that a choice stands for, in capitals or not. */
export function isChosenEvent(
	type: string,
	chosen: readonly string[],
	custom: readonly string[],
): boolean {
	const types = [...chosen, ...custom];
	const wanted = type.toLowerCase();
	return (
		types.some((entry) => entry.toLowerCase() === wanted) ||
		(types.includes(ALL_EVENTS) && CATALOGUE_TYPES.includes(wanted))
	);
}
