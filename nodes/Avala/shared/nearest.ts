/** In a word of nine letters or more two slips are still clear. */
const LONG_WORD = 9;
const MOST_SLIPS = 2;
/** What people and servers call `completed`. */
const COMPLETED = /(^|\.)(?:complete|done|finish(?:ed)?)$/;
/** A prefix makes another word, often the opposite. */
const PREFIX = /^(?:co|de|dis|en|ex|im|in|ir|mis|non|pre|re|sub|un|up)/;

/**
 * The known word that is clearly meant by another one: by the same meaning, or by a slip, which is one
 * letter that is missing, added, wrong or swapped with the next. Undefined when there is none.
 */
export function nearest(text: string, known: readonly string[]): string | undefined {
	const wanted = text.trim().slice(0, 80).toLowerCase();
	const completed = wanted.replace(COMPLETED, '$1completed');
	if (known.includes(completed)) return completed;
	const near = known
		.map((word) => ({ word, slips: slipsIn(partsOf(wanted), partsOf(word)) }))
		.filter(({ slips }) => slips <= MOST_SLIPS);
	return near.sort((a, b) => a.slips - b.slips)[0]?.word;
}

/** The single words of `in_progress` or `task.completed`. */
function partsOf(text: string): string[] {
	return text.split(/[^\p{L}\d]+/u);
}

/** @returns Infinity for what is no slip but other words */
function slipsIn(wanted: string[], word: string[]): number {
	if (wanted.join('') === word.join('')) return 0;
	if (wanted.length !== word.length) return Infinity;
	return word.reduce((sum, part, index) => sum + slipsInPart(wanted[index] ?? '', part), 0);
}

function slipsInPart(wanted: string, part: string): number {
	const hasSameDigits = wanted.replace(/\D/g, '') === part.replace(/\D/g, '');
	if (!hasSameDigits || differsInPrefix(wanted, part)) return Infinity;
	return differingLetters(wanted, part, part.length < LONG_WORD ? 1 : MOST_SLIPS);
}

function differsInPrefix(a: string, b: string): boolean {
	const stems = [b, b.replace(PREFIX, '')];
	return a !== b && [a, a.replace(PREFIX, '')].some((stem) => stems.includes(stem));
}

/** The number of letters to insert, delete, replace or swap; Infinity for more than `most`. */
function differingLetters(a: string, b: string, most: number): number {
	if (a === b) return 0;
	if (most === 0) return Infinity;
	let same = 0;
	while (a[same] === b[same]) same++;
	const [restA, restB] = [a.slice(same), b.slice(same)];
	const isSwapped = restA[0] === restB[1] && restA[1] === restB[0];
	return (
		1 +
		Math.min(
			differingLetters(restA.slice(1), restB, most - 1),
			differingLetters(restA, restB.slice(1), most - 1),
			differingLetters(restA.slice(1), restB.slice(1), most - 1),
			isSwapped ? differingLetters(restA.slice(2), restB.slice(2), most - 1) : Infinity,
		)
	);
}
