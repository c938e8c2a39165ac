/** A text with its escapes resolved, and where each of its characters stood in the original. */
interface Decoded {
	text: string;
	/** One more than there are characters: the last is the original's end. */
	starts: number[];
}

/** The escapes of JSON, of URLs and of HTML. */
const ESCAPE =
	/\\u([0-9a-f]{4})|\\(["'\\/])|((?:%[0-9a-f]{2})+)|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&(amp|lt|gt|quot|apos);/gi;
/** How the escapes of each of them begin. */
const KINDS = ['\\', '%', '&'];
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** A server may quote JSON in JSON, and a proxy that in a page. */
const MAX_LEVELS = 4;
/** Shorter ones are left alone, or every text would be full of holes. */
const LEAST_LENGTH = 4;

/** The text with the mark in the place of each secret, however it is escaped, in time linear in the text. */
export function hideKnownSecrets(text: string, secrets: readonly string[], mark: string): string {
	const wanted = secrets
		.map((secret) => secret.trim())
		.filter((secret) => secret.length >= LEAST_LENGTH);
	const ranges: Array<[start: number, end: number]> = [];
	const whole = { text, starts: Array.from({ length: text.length + 1 }, (_, index) => index) };
	// A secret that looks escaped itself is seen only while escapes of other kinds are resolved.
	const looksEscaped = wanted.some((secret) => secret.search(ESCAPE) !== -1);
	for (const kinds of [KINDS, ...(looksEscaped ? KINDS.map((kind) => [kind]) : [])]) {
		let decoded: Decoded = whole;
		for (let level = 0; level < MAX_LEVELS; level++) {
			for (const secret of wanted) ranges.push(...rangesOf(secret, decoded));
			const further = decode(decoded, kinds);
			if (further.text === decoded.text) break;
			decoded = further;
		}
	}
	return replaceRanges(text, ranges, mark);
}

function rangesOf(secret: string, { text, starts }: Decoded): Array<[number, number]> {
	const ranges: Array<[number, number]> = [];
	for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + secret.length)) {
		ranges.push([starts[at] ?? 0, starts[at + secret.length] ?? 0]);
	}
	return ranges;
}

function decode({ text, starts }: Decoded, kinds: readonly string[]): Decoded {
	const parts: string[] = [];
	const decodedStarts: number[] = [];
	let done = 0;
	const keep = (end: number) => {
		parts.push(text.slice(done, end));
		for (let index = done; index < end; index++) decodedStarts.push(starts[index] ?? 0);
		done = end;
	};
	for (const match of text.matchAll(ESCAPE)) {
		if (!kinds.includes(match[0].charAt(0))) continue;
		keep(match.index);
		done = match.index + match[0].length;
		if (match[2] !== undefined) {
			// The most frequent one by far, without detours.
			parts.push(match[2]);
			decodedStarts.push(starts[match.index] ?? 0);
			continue;
		}
		for (const { character, at } of charactersIn(match)) {
			parts.push(character);
			// A character outside the basic plane is two units, which begin and end together.
			for (let unit = 0; unit < character.length; unit++) {
				decodedStarts.push(starts[match.index + at] ?? 0);
			}
		}
	}
	keep(text.length);
	decodedStarts.push(starts[text.length] ?? 0);
	return { text: parts.join(''), starts: decodedStarts };
}

/** What an escape stands for, and where in it each character begins. */
function charactersIn(match: RegExpMatchArray): Array<{ character: string; at: number }> {
	const [, utf16, , bytes, hexadecimal, decimal, entity] = match;
	if (bytes !== undefined) return charactersInBytes(bytes);
	const codePoint = parseInt(hexadecimal ?? decimal ?? '0', hexadecimal === undefined ? 10 : 16);
	const character =
		utf16 !== undefined
			? String.fromCharCode(parseInt(utf16, 16))
			: entity !== undefined
				? (ENTITIES[entity.toLowerCase()] ?? '')
				: codePoint <= 0x10ffff
					? String.fromCodePoint(codePoint)
					: '';
	return [{ character, at: 0 }];
}

/** `%C3%A9` is one character of UTF-8; bytes that are none stand for themselves. */
function charactersInBytes(escaped: string): Array<{ character: string; at: number }> {
	const decoded = Buffer.from(escaped.replaceAll('%', ''), 'hex').toString('utf8');
	let at = 0;
	return [...decoded].map((character) => {
		const begin = at;
		at += 3 * (character === '\uFFFD' ? 1 : Buffer.byteLength(character));
		return { character, at: begin };
	});
}

function replaceRanges(text: string, ranges: Array<[number, number]>, mark: string): string {
	const parts: string[] = [];
	let done = 0;
	for (const [start, end] of ranges.sort(([a], [b]) => a - b)) {
		if (end <= done) continue;
		// Ranges that overlap are one hole.
		if (start >= done) parts.push(text.slice(done, start), mark);
		done = end;
	}
	return parts.join('') + text.slice(done);
}
