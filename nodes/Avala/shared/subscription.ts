import { NodeApiError } from 'n8n-workflow';

import { textsIn } from './values';

/** The event types of a webhook that are to be subscribed to. */
export interface WantedTypes {
	/** Selected or entered one by one: never left out. */
	required: string[];
	/** What `*` stands for: servers know different ones, so those that one refuses are left out. */
	optional: string[];
}

export interface Subscribed<T> {
	/** Of the last request that Avala accepted. */
	response: T;
	/** The optional types that Avala refused. */
	refused: string[];
}

/** Types that all of Avala's documents name. */
const KNOWN_EVERYWHERE: readonly string[] = ['task.completed', 'export.completed'];

/**
 * Subscribes to all types, or, when Avala does not accept the list, to the required ones and as many
 * of the optional ones as it accepts. It finds those by halving, whether or not the refusal names
 * them: about two requests for each refused type and each halving.
 *
 * @param send creates or changes the webhook so that it has exactly these types
 * @param present the types that the webhook has already: it keeps them in between, if Avala still accepts them
 * @throws the error of `send` for any other reason, for a required type, or when no type is accepted
 */
export async function subscribe<T>(
	{ required, optional }: WantedTypes,
	send: (events: string[]) => Promise<T>,
	present: readonly string[] = [],
): Promise<Subscribed<T>> {
	const accepted = [...required];
	const refused: string[] = [];
	let response: { value: T } | undefined;
	let refusal: unknown;

	const tryWith = async (types: string[]): Promise<boolean> => {
		const outcome = await send([...accepted, ...types]).then(
			(value) => ({ value }),
			(error: unknown) => ({ error }),
		);
		if ('value' in outcome) {
			response = outcome;
			accepted.push(...types);
			return true;
		}
		if (optional.length === 0 || !mayConcernTypes(outcome.error)) throw outcome.error;
		refusal = outcome.error;
		return false;
	};

	if (!(await tryWith(optional))) {
		const isNamed = namesFields(refusal);
		const kept = optional.filter((type) => present.includes(type));
		const certain = optional.filter((type) => KNOWN_EVERYWHERE.includes(type));
		// A refusal that names nothing may be about something else: then these are refused as well.
		const attempts = [
			...(kept.length > 0 ? [kept] : []),
			...(required.length > 0 ? [[]] : certain.map((type) => [type])),
		];
		let isAccepted = attempts.length === 0;
		for (const types of attempts) isAccepted ||= await tryWith(types);
		if (!isAccepted && (required.length > 0 || !isNamed)) throw refusal;
		const groups = halves(optional.filter((type) => !accepted.includes(type)));
		for (let group = groups.shift(); group; group = groups.shift()) {
			if (await tryWith(group)) continue;
			if (group.length === 1) refused.push(...group);
			else groups.unshift(...halves(group));
		}
	}
	if (!response) throw refusal;
	return { response: response.value, refused };
}

function halves(types: string[]): string[][] {
	const middle = Math.ceil(types.length / 2);
	return [types.slice(0, middle), types.slice(middle)].filter(({ length }) => length > 0);
}

/** What is sent beside the event types. */
const OTHER_FIELDS = /(?:^|\.)(?:target_url|secret|is_active)(?:\.|$)/;

/** A refusal of the values, unless it names only other fields than the event types. */
function mayConcernTypes(error: unknown): boolean {
	if (!(error instanceof NodeApiError) || !['400', '422'].includes(error.httpCode ?? ''))
		return false;
	const fields = fieldsOf(error);
	return fields.length === 0 || !fields.every((field) => OTHER_FIELDS.test(field));
}

function fieldsOf(error: NodeApiError): string[] {
	return textsIn(error.context.refusedFields);
}

function namesFields(refusal: unknown): boolean {
	return refusal instanceof NodeApiError && fieldsOf(refusal).length > 0;
}
