import type { IDataObject } from 'n8n-workflow';

/**
 * The named fields of what Avala sent, with its values as they are; null where it sent none. A name
 * with others behind it is filled in from the first of them that was sent.
 */
export function pickFields(
	sent: IDataObject,
	names: ReadonlyArray<string | readonly [string, ...string[]]>,
): IDataObject {
	return Object.fromEntries(
		names.map((name) => {
			const spellings = typeof name === 'string' ? [name] : name;
			const found = spellings.find((spelling) => (sent[spelling] ?? null) !== null);
			return [spellings[0], found === undefined ? null : sent[found]];
		}),
	);
}
