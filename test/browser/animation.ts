import { crc32 } from 'node:zlib';

/** A picture of a film: a PNG, and how long it is shown, in milliseconds. */
export interface Frame {
	png: Buffer;
	ms: number;
}

interface Chunk {
	type: string;
	data: Buffer;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * An animated PNG that repeats forever: https://www.w3.org/TR/png-3/#apng-frame-based-animation.
 *
 * @param frames pictures of the same size and colour type
 * @throws when they differ in that, or there are none
 */
export function toAnimatedPng(frames: readonly Frame[]): Buffer {
	const pictures = frames.map(({ png, ms }) => ({ chunks: readChunks(png), ms }));
	const header = pictures[0] && dataOf(pictures[0].chunks, 'IHDR');
	if (!header) throw new Error('A film needs at least one picture.');
	const chunks: Chunk[] = [
		{ type: 'IHDR', data: header },
		{ type: 'acTL', data: numbers(frames.length, 0) },
	];
	let sequence = 0;
	for (const [index, { chunks: own, ms }] of pictures.entries()) {
		if (!dataOf(own, 'IHDR').equals(header)) throw new Error('The pictures differ in size.');
		const delay = Buffer.alloc(6);
		delay.writeUInt16BE(ms, 0);
		delay.writeUInt16BE(1000, 2);
		const size = header.subarray(0, 8);
		const control = [numbers(sequence++), size, numbers(0, 0), delay];
		chunks.push({ type: 'fcTL', data: Buffer.concat(control) });
		const image = dataOf(own, 'IDAT');
		chunks.push(
			index === 0
				? { type: 'IDAT', data: image }
				: { type: 'fdAT', data: Buffer.concat([numbers(sequence++), image]) },
		);
	}
	chunks.push({ type: 'IEND', data: Buffer.alloc(0) });
	return Buffer.concat([SIGNATURE, ...chunks.map(writeChunk)]);
}

function readChunks(png: Buffer): Chunk[] {
	const chunks: Chunk[] = [];
	for (let at = SIGNATURE.length; at < png.length;) {
		const length = png.readUInt32BE(at);
		const type = png.toString('latin1', at + 4, at + 8);
		chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
		at += length + 12;
	}
	return chunks;
}

/** What all chunks of this type hold together. @throws when there is none */
function dataOf(chunks: readonly Chunk[], wanted: string): Buffer {
	const found = chunks.filter(({ type }) => type === wanted);
	if (found.length === 0) throw new Error(`The PNG has no ${wanted} chunk.`);
	return Buffer.concat(found.map(({ data }) => data));
}

function writeChunk({ type, data }: Chunk): Buffer {
	const content = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	return Buffer.concat([numbers(data.length), content, numbers(crc32(content))]);
}

function numbers(...values: number[]): Buffer {
	const buffer = Buffer.alloc(values.length * 4);
	for (const [index, value] of values.entries()) buffer.writeUInt32BE(value, index * 4);
	return buffer;
}
