import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** The three wire formats of Avala's documents, oldest first in time: guide, older, newer. */
export type WireFormat = 'guide' | 'older' | 'newer';

export const WIRE_FORMATS = ['guide', 'older', 'newer'] as const;

/** A new id in the style of the wire format: the guide's has a prefix, the later ones are plain UUIDs. */
export function newUid(prefix: string, wireFormat: WireFormat): string {
	return wireFormat === 'guide' ? `${prefix}_${randomBytes(6).toString('hex')}` : randomUUID();
}

/** The same id for the same name, in the style of the wire format. */
export function uidFor(prefix: string, name: string, wireFormat: WireFormat): string {
	const digest = createHash('sha256').update(`${prefix}:${name}`).digest('hex');
	if (wireFormat === 'guide') return `${prefix}_${digest.slice(0, 12)}`;
	const part = (start: number, end: number) => digest.slice(start, end);
	return `${part(0, 8)}-${part(8, 12)}-4${part(13, 16)}-a${part(17, 20)}-${part(20, 32)}`;
}
