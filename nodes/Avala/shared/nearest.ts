const MOST_LETTERS = 2;
/** What people and servers call `completed`. */
const COMPLETED = /(^|\.)(?:complete|done|finish(?:ed)?|ready)$/;

/**
 * The known word that is meant by another one: by the same meaning, or else the one that differs in the
 * fewest letters, two at most and fewer in a short word. Undefined when there is none.
 */
export function nearest(text: string, known: readonly string[]): string | undefined {
	const wanted = text.trim().slice(0, 80).toLowerCase();
	const completed = wanted.replace(COMPLETED, '$1completed');
	if (known.includes(completed)) return completed;
	const most = Math.min(MOST_LETTERS, Math.floor(wanted.length / 3));
	const near = known
		.map((word) => ({ word, letters: differingLetters(wanted, word) }))
		.filter(({ letters }) => letters <= most);
	return near.sort((a, b) => a.letters - b.letters)[0]?.word;
}

/** The number of letters to insert, delete or replace (Levenshtein). */
function differingLetters(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (const [i, letter] of [...a].entries()) {
		const next = [i + 1];
		for (const [j, other] of [...b].entries()) {
			const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
			next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
