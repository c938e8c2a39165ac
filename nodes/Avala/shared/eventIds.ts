import { createHash } from 'crypto';

import { idKey, idOf, isObject, projectsIn, uidOf } from './values';

/** The IDs that stand beside an event's data, whatever form that has. */
export interface EventIds {
	/** Of what the event is about; null where the data does not tell it. */
	resource_uid: string | null;
	/** Of the project that the event names; null where it names none, or several. */
	project_uid: string | null;
}

export function idsOf(type: string, data: unknown): EventIds {
	const projects = projectsOf(type, data);
	const [project = null] = projects;
	const isOne = new Set(projects.map(idKey)).size === 1;
	return { resource_uid: resourceOf(type, data) ?? null, project_uid: isOne ? project : null };
}

/** All projects that an event names. An event of a project is about that project. */
export function projectsOf(type: string, data: unknown): string[] {
	if (!isObject(data)) return [];
	const own = subjectOf(type) === 'project' ? resourceOf(type, data) : undefined;
	return own === undefined ? projectsIn(data) : [own];
}

/** Avala's newest payloads name each kind of thing by a field of its own, and the task of a result as well. */
function resourceOf(type: string, data: unknown): string | undefined {
	if (!isObject(data)) return undefined;
	return uidOf(data) ?? idOf(data[`${subjectOf(type)}_uid`]) ?? idOf(data.task_uid);
}

function subjectOf(type: string): string {
	return type.split('.')[0]?.toLowerCase() ?? '';
}

/** The ID that an event has itself. JavaScript rounds fractions and large numbers, so that two events might seem to have the same ID. */
export function exactId(value: unknown): string | undefined {
	const isRounded = typeof value === 'number' && !Number.isSafeInteger(value);
	const id = isRounded ? undefined : idOf(value);
	return id?.trim() === '' ? undefined : id;
}

/** An event's ID made of what tells it from others: the same on each attempt, and in a delivery that is looked up later, whose fields may be in another order. */
export function derivedId(parts: unknown[]): string {
	const digest = createHash('sha256')
		.update(JSON.stringify(sorted(parts)))
		.digest('hex');
	return `evt_${digest.slice(0, 32)}`;
}

function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (!isObject(value)) return value;
	const names = Object.keys(value).sort();
	return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
