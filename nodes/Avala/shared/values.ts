import type { IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

/** True for what JSON calls an object: not null, not an array. */
export function isObject(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is a string with something in it. */
export function textOf(value: unknown): string | undefined {
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An ID or a word from Avala, which some servers send as a number. */
export function idOf(value: unknown): string | undefined {
	return typeof value === 'number' && Number.isFinite(value) ? String(value) : textOf(value);
}

/** The ID of what is named by it, or is given as a whole; older servers say `id` for `uid`. */
export function uidOf(value: unknown): string | undefined {
	return isObject(value) ? (idOf(value.uid) ?? idOf(value.id)) : idOf(value);
}

/** The same for every spelling of one ID: blanks around it do not count, nor how a UUID is written. */
export function idKey(id: string): string {
	const text = id.trim();
	const digits = text.replace(/^(?:urn:uuid:|\{)|[-}]/gi, '').toLowerCase();
	return /^[0-9a-f]{32}$/.test(digits) ? digits : text;
}

/** Whether a text is what an expression yields when it found nothing, or an object. */
export function isNothing(text: string): boolean {
	return ['undefined', 'null', 'nan', 'none', '[object object]'].includes(text.toLowerCase());
}

/** The IDs of the projects that a task or an export says it belongs to, under any of the names that servers have for them. */
export function projectsIn({ project_uid, project_id, project, projects }: IDataObject): string[] {
	const several: unknown[] = Array.isArray(projects) ? projects : [];
	return [project_uid, project_id, project, ...several]
		.map(uidOf)
		.filter((uid) => uid !== undefined);
}

/** A number from Avala, which some servers send as text. */
export function numberOf(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A yes or a no, which some servers and expressions give as text or as a number. */
export function booleanOf(value: unknown): boolean | undefined {
	const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (word === true || word === 'true' || word === 1 || word === '1') return true;
	if (word === false || word === 'false' || word === 0 || word === '0') return false;
	return undefined;
}

/** The texts in a list from Avala; whatever else stands in it is passed over. */
export function textsIn(value: unknown): string[] {
	const entries: unknown[] = Array.isArray(value) ? value : [];
	return entries.filter((entry) => typeof entry === 'string');
}

/** Whether a text contains a part, whatever the case of the letters and however their accents are stored. */
export function hasPart(text: string, part: string): boolean {
	return text.normalize().toLowerCase().includes(part.normalize().toLowerCase());
}

/** All that an error says, in one text; anything may be thrown. */
export function messageOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const description = 'description' in error ? textOf(error.description) : undefined;
	if (description === undefined || error.message.includes(description)) return error.message;
	// A heading that was cut is repeated whole below it.
	if (description.startsWith(error.message.replace(/…$/, ''))) return description;
	return `${error.message} ${description}`;
}

/**
 * The readers below take what an expression or an AI agent gave for a parameter. Each understands the
 * spellings that are clear and throws a UserError that names the parameter for all others.
 */

export function readBoolean(name: string, value: unknown): boolean {
	const boolean = booleanOf(value);
	if (boolean === undefined) throw notUnderstood(name, 'true or false', value);
	return boolean;
}

/** A whole number of at least `least`. */
export function readWholeNumber(name: string, value: unknown, least: number): number {
	const number = numberOf(value);
	if (number !== undefined && Number.isInteger(number) && number >= least) return number;
	throw notUnderstood(name, `a whole number of at least ${least}`, value);
}

export function readNumber(
	name: string,
	value: unknown,
	least: number,
	most: number = Infinity,
): number {
	const number = numberOf(value);
	if (number !== undefined && number >= least && number <= most) return number;
	const range = most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`;
	throw notUnderstood(name, `a number ${range}`, value);
}

/** A text without blanks around it, never empty; letters with accents are stored as one character each. */
export function readText(name: string, value: unknown): string {
	const text = idOf(value)?.trim().normalize();
	if (text) return text;
	throw notUnderstood(name, 'text', value);
}

/** A list: as the editor stores it, separated by commas, or as the text of a JSON list. Never empty. */
export function readTexts(name: string, value: unknown): string[] {
	const texts = entriesOf(value)
		// n8n fills a list field with an empty list when it is added.
		.filter((entry) => !isBlank(entry))
		.flatMap((entry) => {
			const text = idOf(entry);
			if (text === undefined) throw notUnderstood(name, 'a list of texts', value);
			return text.split(',').map((part) => part.trim().normalize());
		})
		.filter((text) => text !== '');
	if (texts.length > 0) return [...new Set(texts)];
	throw notUnderstood(name, 'a list with at least one entry', value);
}

/** Whether a field was left as it was added: an empty text or list, or a list of such. */
export function isBlank(value: unknown): boolean {
	if (Array.isArray(value)) return value.every(isBlank);
	return typeof value === 'string' && value.trim() === '';
}

function entriesOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value;
	const parsed = typeof value === 'string' ? parseJson(value) : undefined;
	return Array.isArray(parsed) ? parsed : [value];
}

/** What a locator stands for; an expression may give it without a mode. */
export function chosenIn(locator: unknown): unknown {
	return isObject(locator) && 'value' in locator ? locator.value : locator;
}

/** Whether a parameter, or an entry of its list, is filled in by an expression, which n8n marks with an equals sign. */
export function isExpression(entered: unknown): boolean {
	return [chosenIn(entered)]
		.flat(Infinity)
		.some((value) => typeof value === 'string' && value.startsWith('='));
}

/** "'Limit' cannot be "many"." with "It must be a whole number of at least 1." below it. */
export function notUnderstood(name: string, expected: string, value: unknown): UserError {
	const isMissing = value === undefined || value === null;
	if (isMissing || isBlank(value)) {
		return new UserError(`'${name}' is empty${isMissing ? ': the expression gave nothing' : ''}.`, {
			description: `It must be ${expected}. Enter a value, or remove the field if it is optional.`,
		});
	}
	return new UserError(`'${name}' cannot be ${shown(value)}.`, {
		description: `It must be ${expected}.`,
	});
}

/** A value for a message, in quotes if it is text, and shortened. */
export function shown(value: unknown): string {
	const isPlain = typeof value === 'number' || typeof value === 'bigint';
	const text = isPlain ? String(value) : (jsonOf(value) ?? typeof value);
	return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** @returns undefined for what JSON cannot hold, such as an object that contains itself or thousands of others */
export function jsonOf(value: unknown): string | undefined {
	try {
		return JSON.stringify(value);
	} catch {
		return undefined;
	}
}

/** The value of a JSON text, behind a byte order mark or not; undefined for any other text. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text.trim()) as unknown;
	} catch {
		return undefined;
	}
}
