/** A text with its escapes resolved, and where each of its characters stood in the original. */
interface Decoded {
	text: string;
	/** At least one more than there are characters: the one behind the last is the original's end. */
	starts: Uint32Array;
}

/** The escapes of JSON, of URLs and of HTML, as many of a kind at once as follow each other. */
const ESCAPE =
	/(?:\\u[0-9a-f]{4})+|(?:\\["'\\/bfnrt])+|(?:%[0-9a-f]{2})+|&(?:#x[0-9a-f]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos);/gi;
/** How the escapes of each of them begin. */
const KINDS = ['\\', '%', '&'];
const CONTROLS: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** A server may quote JSON in JSON, and a proxy that in a page. */
const MAX_LEVELS = 4;
/** Shorter ones are left alone, or every text would be full of holes. */
const LEAST_LENGTH = 4;

/**
 * The text with the mark in the place of each secret, however it is escaped, in time linear in the text.
 *
 * @param upTo the text is cut off here; what follows only tells which secrets begin before
 */
export function hideKnownSecrets(
	text: string,
	secrets: readonly string[],
	mark: string,
	upTo = text.length,
): string {
	const wanted = secrets
		.map((secret) => secret.trim())
		.filter((secret) => secret.length >= LEAST_LENGTH);
	const patterns = wanted.map(patternOf);
	const ranges: Range[] = [];
	const whole = { text, starts: Uint32Array.from({ length: text.length + 1 }, (_, at) => at) };
	// A secret that looks escaped itself is seen only while escapes of other kinds are resolved.
	const looksEscaped = wanted.some((secret) => secret.search(ESCAPE) !== -1);
	for (const kinds of [KINDS, ...(looksEscaped ? KINDS.map((kind) => [kind]) : [])]) {
		let decoded: Decoded = whole;
		for (let level = 0; level < MAX_LEVELS; level++) {
			for (const pattern of patterns) addRanges(ranges, pattern, decoded);
			const further = decode(decoded, kinds);
			if (further.text === decoded.text) break;
			decoded = further;
		}
	}
	return replaceRanges(text, ranges, mark, upTo);
}

type Range = [start: number, end: number];

/** In any case, and with the blanks in it as forms and pages write them. */
function patternOf(secret: string): RegExp {
	const source = secret.replace(/[\s+]*\s[\s+]*|[^\s\w]/g, (found) =>
		/\s/.test(found) ? `[\\s+]{1,${found.length}}` : `\\${found}`,
	);
	return new RegExp(source, 'gi');
}

function addRanges(ranges: Range[], pattern: RegExp, { text, starts }: Decoded): void {
	for (const { 0: found, index } of text.matchAll(pattern)) {
		ranges.push([starts[index] ?? 0, starts[index + found.length] ?? 0]);
	}
}

function decode({ text, starts }: Decoded, kinds: readonly string[]): Decoded {
	const parts: string[] = [];
	// No escape is shorter than what it stands for.
	const decodedStarts = new Uint32Array(starts.length);
	let length = 0;
	let done = 0;
	const keep = (end: number) => {
		parts.push(text.slice(done, end));
		for (; done < end; done++) decodedStarts[length++] = starts[done] ?? 0;
	};
	for (const { 0: escapes, index } of text.matchAll(ESCAPE)) {
		if (!kinds.includes(escapes.charAt(0))) continue;
		keep(index);
		done = index + escapes.length;
		const { characters, sizeOf } = resolved(escapes);
		parts.push(characters);
		let at = index;
		for (const character of characters) {
			// A character outside the basic plane is two units, which begin and end together.
			for (let unit = 0; unit < character.length; unit++) {
				decodedStarts[length++] = starts[at] ?? 0;
			}
			at += sizeOf(character);
		}
	}
	keep(text.length);
	decodedStarts[length] = starts[text.length] ?? 0;
	return { text: parts.join(''), starts: decodedStarts };
}

/** What escapes stand for, and how long that of each character is. */
function resolved(escapes: string): { characters: string; sizeOf: (character: string) => number } {
	if (escapes.startsWith('%')) return resolvedBytes(escapes);
	if (escapes.startsWith('&')) {
		return { characters: characterOf(escapes.slice(1, -1)), sizeOf: () => escapes.length };
	}
	if (/^\\u/i.test(escapes)) {
		const codes = escapes.split(/\\u/i).slice(1);
		const units = codes.map((code) => String.fromCharCode(parseInt(code, 16)));
		return { characters: units.join(''), sizeOf: ({ length }) => 6 * length };
	}
	const characters = escapes.replace(/\\([^])/g, (_, letter: string) => CONTROLS[letter] ?? letter);
	return { characters, sizeOf: () => 2 };
}

function characterOf(entity: string): string {
	if (!entity.startsWith('#')) return ENTITIES[entity.toLowerCase()] ?? '';
	const isHexadecimal = /^#x/i.test(entity);
	const codePoint = parseInt(entity.slice(isHexadecimal ? 2 : 1), isHexadecimal ? 16 : 10);
	return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : '';
}

/** `%C3%A9` is one character of UTF-8; bytes that are none stand for themselves. */
function resolvedBytes(escapes: string) {
	return {
		characters: Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
		sizeOf: (character: string) => 3 * (character === '\uFFFD' ? 1 : Buffer.byteLength(character)),
	};
}

function replaceRanges(text: string, ranges: Range[], mark: string, upTo: number): string {
	const parts: string[] = [];
	let done = 0;
	for (const [start, end] of ranges.sort(([a], [b]) => a - b)) {
		if (start >= upTo) break;
		if (end <= done) continue;
		// Ranges that overlap are one hole.
		if (start >= done) parts.push(text.slice(done, start), mark);
		done = end;
	}
	return parts.join('') + text.slice(done, Math.max(done, upTo));
}
