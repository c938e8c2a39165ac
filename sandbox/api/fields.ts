import { z } from 'zod';

import type { Entries } from '../collection';
import type { FieldProblems } from './errors';
import { ApiError } from './errors';
import type { Call } from './pages';

const WRONG_TYPE: Readonly<Record<string, string>> = {
	string: 'Not a valid string.',
	boolean: 'Must be a valid boolean.',
	number: 'A valid number is required.',
	array: 'Expected a list of items.',
};

/** What is wrong with a field, in the words of Django REST framework. */
const inWords: z.ZodErrorMap = (issue, { data, defaultError }) => {
	const isText = 'type' in issue && issue.type === 'string';
	const isList = 'type' in issue && issue.type === 'array';
	switch (issue.code) {
		case 'invalid_type':
			if (issue.received === 'undefined') return { message: 'This field is required.' };
			if (issue.received === 'null') return { message: 'This field may not be null.' };
			return { message: WRONG_TYPE[issue.expected] ?? notAChoice(data) };
		case 'invalid_enum_value':
			return { message: notAChoice(data) };
		case 'too_small':
			if (isList) return { message: 'This list may not be empty.' };
			if (isText) return { message: 'This field may not be blank.' };
			return { message: `Ensure this value is greater than or equal to ${issue.minimum}.` };
		case 'too_big':
			return {
				message: isText
					? `Ensure this field has no more than ${issue.maximum} characters.`
					: `Ensure this value is less than or equal to ${issue.maximum}.`,
			};
		default:
			return { message: defaultError };
	}
};

export function notAChoice(value: unknown): string {
	return `"${String(value)}" is not a valid choice.`;
}

/**
 * The fields of a request's JSON body; no body is an empty one, and unknown fields are left out.
 * @throws ApiError 400 with the problems of each field
 */
export function readFields<T extends z.ZodTypeAny>({ body }: Call, fields: T): z.output<T> {
	const result: z.SafeParseReturnType<unknown, z.output<T>> = fields.safeParse(body ?? {}, {
		errorMap: inWords,
	});
	if (result.success) return result.data;
	const problems: FieldProblems = {};
	for (const { path, message } of result.error.issues)
		(problems[path[0] ?? 'non_field_errors'] ??= []).push(message);
	throw new ApiError(400, problems);
}

/** The uid of an existing entry. */
export function uidOf(entries: Entries<{ uid: string }>) {
	return z.string().transform((uid, context) => {
		const entry = entries.get(uid);
		if (!entry) context.addIssue({ code: 'custom', message: noSuch(uid) });
		return entry?.uid ?? uid;
	});
}

export function noSuch(uid: string): string {
	return `Invalid pk "${uid}" - object does not exist.`;
}
