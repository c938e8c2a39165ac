import type { INodePropertyOptions } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { readTexts, shown } from './values';

/** Stands for every event type in the catalogue, in the trigger and in the webhook operations alike. */
export const ALL_EVENTS = '*';

interface EventType extends INodePropertyOptions {
	value: string;
}

/** The event types that Avala documents, grouped by what they are about: the order people see them in. */
export const EVENT_CATALOGUE: readonly EventType[] = [
	{
		name: 'Task Completed',
		value: 'task.completed',
		description: 'An annotator has finished a task',
	},
	{ name: 'Task Created', value: 'task.created', description: 'A task was added to a project' },
	{ name: 'Task Deleted', value: 'task.deleted', description: 'A task was removed from a project' },
	{ name: 'Task Rejected', value: 'task.rejected', description: 'A reviewer has sent a task back' },
	{
		name: 'Task Reviewed',
		value: 'task.reviewed',
		description: 'A reviewer has looked at a finished task',
	},
	{ name: 'Task Updated', value: 'task.updated', description: 'A task was changed' },
	{
		name: 'Export Completed',
		value: 'export.completed',
		description: 'An export is ready to be downloaded',
	},
	{
		name: 'Export Created',
		value: 'export.created',
		description: 'An export was requested and is being prepared',
	},
	{ name: 'Export Failed', value: 'export.failed', description: 'An export could not be prepared' },
	{ name: 'Project Created', value: 'project.created', description: 'A project was created' },
	{ name: 'Project Deleted', value: 'project.deleted', description: 'A project was removed' },
	{ name: 'Project Updated', value: 'project.updated', description: 'A project was changed' },
	{ name: 'Dataset Created', value: 'dataset.created', description: 'A dataset was created' },
	{ name: 'Dataset Deleted', value: 'dataset.deleted', description: 'A dataset was removed' },
	{ name: 'Dataset Updated', value: 'dataset.updated', description: 'A dataset was changed' },
	{
		name: 'Quality Alert',
		value: 'quality.alert',
		description: 'A quality target was missed. Not every account has this type.',
	},
	{
		name: 'Result Accepted',
		value: 'result.accepted',
		description: 'A reviewer has accepted a result. Not every account has this type.',
	},
	{
		name: 'Result Rejected',
		value: 'result.rejected',
		description: 'A reviewer has rejected a result. Not every account has this type.',
	},
	{
		name: 'Result Submitted',
		value: 'result.submitted',
		description: 'An annotator has submitted a result. Not every account has this type.',
	},
];

/** Named in single places of Avala's documents: too uncertain to offer, but no mistake. */
export const FURTHER_TYPES: readonly string[] = [
	'export.ready',
	'project.completed',
	'project.status_changed',
	'task.approved',
	'task.failed',
	'task.submitted',
];

const CATALOGUE_TYPES: readonly string[] = EVENT_CATALOGUE.map(({ value }) => value);

const BY_LABEL: ReadonlyMap<string, string> = new Map([
	['all', ALL_EVENTS],
	['all event types', ALL_EVENTS],
	...EVENT_CATALOGUE.map(({ name, value }) => [name.toLowerCase(), value] as const),
	...CATALOGUE_TYPES.map((type) => [type, type] as const),
]);

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
		const type = BY_LABEL.get(text.toLowerCase()) ?? text;
		if (type === ALL_EVENTS || looksLikeEventType(type)) return type;
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
