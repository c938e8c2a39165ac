import type { IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { readMoment } from '../shared/moments';
import { isObject, notUnderstood, readBoolean, readWholeNumber } from '../shared/values';
import type { ItemRun } from './operation';

/** A parameter of the operation as an expression or an AI agent may have filled it in. */
export function parameterOf(
	{ context, itemIndex }: ItemRun,
	name: string,
	fallback?: unknown,
): unknown {
	return context.getNodeParameter(name, itemIndex, fallback as IDataObject) as unknown;
}

/**
 * The fields that were added to a collection.
 *
 * @param known the names of all fields that there are
 * @throws UserError for a field that is none of them, since it would be ignored
 */
export function collectionOf(
	run: ItemRun,
	name: string,
	label: string,
	known: readonly string[],
): IDataObject {
	const value = parameterOf(run, name, {});
	if (!isObject(value)) throw notUnderstood(label, 'a collection of fields', value);
	const unknown = Object.keys(value).find((field) => !known.includes(field));
	if (unknown === undefined) return value;
	throw new UserError(
		`'${label}' has no field ${JSON.stringify(unknown)} for this operation. It has ${known.join(', ')}.`,
	);
}

/** The value of a field that was added, undefined for one that was not. */
export function given<T>(
	fields: IDataObject,
	name: string,
	read: (value: unknown) => T,
): T | undefined {
	return name in fields ? read(fields[name]) : undefined;
}

/** How many results are wanted: all of them (Infinity), or the limit. */
export function wantedCount(run: ItemRun): number {
	const isAll = readBoolean('Return All', parameterOf(run, 'returnAll', false));
	return isAll ? Infinity : limitOf(run);
}

export function limitOf(run: ItemRun): number {
	return readWholeNumber('Limit', parameterOf(run, 'limit', 50), 1);
}

/** Reads a moment; without a zone it is in the workflow's time zone. */
export function momentReader({ context }: ItemRun, label: string): (value: unknown) => number {
	return (value) => readMoment(label, value, context.getTimezone());
}
