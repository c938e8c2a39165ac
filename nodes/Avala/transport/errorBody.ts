import { typesNamedIn } from '../shared/eventCatalogue';
import { isObject, parseJson, textOf } from '../shared/values';
import { isShownName, MAX_READ, MAX_SHOWN, quote, repeatsSecret, WITHHELD } from './quote';

const MAX_FIELDS = 20;
/** Of a body so many characters are searched for event types. */
const MAX_SEARCHED = 64 * 1024;
const OTHER_FIELD = 'another field';

/** What the body of a refusal says. */
export interface ErrorBody {
	/** One line, ending with a full stop; empty when it says nothing in a shape that Avala documents. */
	text: string;
	/** The fields that it complains about. */
	fields: string[];
	/** The event types of the catalogue that it names anywhere, also where the text is cut off or withheld. */
	eventTypes: string[];
	/** Whether it is a web page, which Avala does not send. */
	isPage: boolean;
}

/**
 * Avala's words from the shapes that its documents have: `{detail}`, lists of texts by field, and
 * `{error: {message, details}}`. Each text is withheld by itself; the names of the fields are shown.
 */
export function readErrorBody(body: string, secrets: readonly string[]): ErrorBody {
	const value = parseJson(body);
	const eventTypes = typesNamedIn(body.slice(0, MAX_SEARCHED));
	if (!isObject(value)) return { text: '', fields: [], eventTypes, isPage: isPage(body) };
	const error = isObject(value.error) ? value.error : undefined;
	const said = sentence(quote(textOf(error ? error.message : value.detail), secrets));
	const lists = Object.entries(error ? (isObject(error.details) ? error.details : {}) : value)
		.filter(([, texts]) => typeof texts === 'object' && texts !== null)
		.slice(0, MAX_FIELDS)
		.map(([name, texts]) => ({ name: fieldName(name, secrets), texts: textsIn(texts, 3) }))
		.filter(({ texts }) => texts.length > 0)
		.map(({ name, texts }) => ({ name, text: sentence(quote(texts.join(' '), secrets)) }));
	// A secret may be spread over several texts, or over several names.
	const isSpread = repeatsSecret([said, ...lists.map(({ text }) => text)].join(' '), secrets);
	const names = lists.map(({ name }) => name);
	const fields = repeatsSecret(names.join(' '), secrets) ? names.map(() => OTHER_FIELD) : names;
	const lines = lists.map(
		({ text }, index) => `${fields[index]}: ${isSpread ? `${WITHHELD}.` : text}`,
	);
	const all = [isSpread && said !== '' ? `${WITHHELD}.` : said, ...lines].join(' ').trim();
	return {
		text: all.length > MAX_SHOWN ? `${all.slice(0, MAX_SHOWN)}…` : all,
		fields,
		eventTypes,
		isPage: false,
	};
}

/** The name of a field, unless a secret stands in its place. */
function fieldName(name: string, secrets: readonly string[]): string {
	return /^[\w.-]+$/.test(name) && isShownName(name, secrets) ? name : OTHER_FIELD;
}

/** The texts in a list, or in the lists by which Avala names the entries of a list. */
function textsIn(value: unknown, levels: number): string[] {
	if (typeof value === 'string') return [value.slice(0, MAX_READ)];
	if (levels === 0 || typeof value !== 'object' || value === null) return [];
	return Object.values(value)
		.slice(0, MAX_FIELDS)
		.flatMap((entry) => textsIn(entry, levels - 1));
}

function sentence(text: string): string {
	return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** A web page, or another document that is no JSON: Avala sends none. */
export function isPage(body: string): boolean {
	return /^\s*</.test(body);
}
