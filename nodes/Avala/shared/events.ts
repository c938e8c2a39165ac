import type { INodePropertyOptions } from 'n8n-workflow';

/** Stands for every event type in the catalogue, in the trigger and in the webhook operations alike. */
export const ALL_EVENTS = '*';

/** The event types that Avala documents, grouped by what they are about: the order people see them in. */
export const EVENT_CATALOGUE: readonly INodePropertyOptions[] = [
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
	{
		name: 'Task Updated',
		value: 'task.updated',
		description: 'Something about a task has changed',
	},
	{
		name: 'Export Completed',
		value: 'export.completed',
		description: 'An export is ready to be downloaded',
	},
	{
		name: 'Export Created',
		value: 'export.created',
		description: 'An export was asked for and is being prepared',
	},
	{ name: 'Export Failed', value: 'export.failed', description: 'An export could not be prepared' },
	{ name: 'Project Created', value: 'project.created', description: 'A project was made' },
	{ name: 'Project Deleted', value: 'project.deleted', description: 'A project was removed' },
	{
		name: 'Project Updated',
		value: 'project.updated',
		description: 'Something about a project has changed',
	},
	{ name: 'Dataset Created', value: 'dataset.created', description: 'A dataset was made' },
	{ name: 'Dataset Deleted', value: 'dataset.deleted', description: 'A dataset was removed' },
	{
		name: 'Dataset Updated',
		value: 'dataset.updated',
		description: 'Something about a dataset has changed',
	},
];

/**
 * The event types that a choice in the editor stands for: `*` is spelled out, types typed by the
 * user are added, and each is there once. Avala itself knows no wildcard.
 */
export function expandEvents(chosen: readonly string[], custom: readonly string[] = []): string[] {
	const catalogue = EVENT_CATALOGUE.map(({ value }) => String(value));
	const events = chosen.flatMap((event) => (event === ALL_EVENTS ? catalogue : [event]));
	return [...new Set([...events, ...custom].map((event) => event.trim()).filter(Boolean))];
}

const CATALOGUE_TYPES: ReadonlySet<unknown> = new Set(EVENT_CATALOGUE.map(({ value }) => value));

/** Whether an event type is among those that a choice in the editor stands for. */
export function isChosenEvent(
	type: string,
	chosen: readonly string[],
	custom: readonly string[],
): boolean {
	return (
		chosen.includes(type) ||
		custom.includes(type) ||
		(chosen.includes(ALL_EVENTS) && CATALOGUE_TYPES.has(type))
	);
}
