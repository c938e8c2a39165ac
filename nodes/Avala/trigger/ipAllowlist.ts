/** An IP address as its 4 or 16 bytes. */
type Address = readonly number[];

interface Range {
	address: Address;
	prefixLength: number;
}

/** The first entry that is neither an address nor a CIDR range. */
export function invalidEntry(entries: readonly string[]): string | undefined {
	return entries.find((entry) => parseRange(entry) === undefined);
}

/**
 * True when the address lies in one of the ranges, or when there are none. An IPv4 address is the same
 * in its IPv6-mapped form (`::ffff:192.0.2.1`). An entry that is no range matches nothing.
 *
 * @param ip as n8n has it; some proxies add the port (`203.0.113.7:51234`, `[2001:db8::1]:443`)
 */
export function isAllowed(ip: string | undefined, entries: readonly string[]): boolean {
	if (entries.length === 0) return true;
	const address = parseAddress(withoutPort(ip?.trim() ?? ''));
	if (!address) return false;
	return entries.some((entry) => {
		const range = parseRange(entry);
		return range !== undefined && contains(range, address);
	});
}

/** The entries of a comma separated list. */
export function entriesOf(allowlist: string): string[] {
	return allowlist
		.split(',')
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
}

function withoutPort(ip: string): string {
	const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(ip);
	if (bracketed) return bracketed[1] ?? '';
	return /^([\d.]+):\d{1,5}$/.exec(ip)?.[1] ?? ip;
}

function contains({ address: network, prefixLength }: Range, address: Address): boolean {
	if (network.length !== address.length) return false;
	return network.every((byte, index) => {
		const bits = Math.min(8, Math.max(0, prefixLength - index * 8));
		const mask = (0xff << (8 - bits)) & 0xff;
		return (byte & mask) === ((address[index] ?? 0) & mask);
	});
}

function parseRange(entry: string): Range | undefined {
	const [text = '', prefix, ...rest] = entry.split('/');
	const address = parseAddress(text);
	if (!address || rest.length > 0) return undefined;

	const writtenBits = text.includes(':') ? 128 : 32;
	if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
	const written = prefix === undefined ? writtenBits : Number(prefix);
	if (written > writtenBits) return undefined;

	// ::ffff:10.0.0.0/104 is 10.0.0.0/8: a mapped address was shortened by 96 bits.
	const prefixLength = written - (writtenBits - address.length * 8);
	return prefixLength < 0 ? undefined : { address, prefixLength };
}

/** Four bytes for IPv4, also when it is written as IPv6-mapped; sixteen for any other IPv6 address. */
function parseAddress(text: string): Address | undefined {
	const withoutZone = text.trim().replace(/%.*$/, '');
	const bytes = withoutZone.includes(':') ? parseIpv6(withoutZone) : parseIpv4(withoutZone);
	const isMapped =
		bytes?.length === 16 &&
		bytes.slice(0, 10).every((byte) => byte === 0) &&
		bytes[10] === 255 &&
		bytes[11] === 255;
	return isMapped ? bytes.slice(12) : bytes;
}

function parseIpv4(text: string): Address | undefined {
	const parts = text.split('.');
	const isAddress =
		parts.length === 4 &&
		parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
	return isAddress ? parts.map(Number) : undefined;
}

function parseIpv6(text: string): Address | undefined {
	const halves = text.split('::');
	if (halves.length > 2) return undefined;
	const [head, tail] = halves.map((half) => parseGroups(half));
	if (!head || (halves.length === 2 && !tail)) return undefined;
	const missing = 16 - head.length - (tail?.length ?? 0);
	if (halves.length === 1) return missing === 0 ? head : undefined;
	return missing >= 2
		? [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])]
		: undefined;
}

/** `2001:db8` as its bytes; the last group may be an IPv4 address. */
function parseGroups(text: string): number[] | undefined {
	if (text === '') return [];
	const groups = text.split(':');
	const bytes: number[] = [];
	for (const [index, group] of groups.entries()) {
		const ipv4 = index === groups.length - 1 ? parseIpv4(group) : undefined;
		if (ipv4) bytes.push(...ipv4);
		else if (/^[0-9a-f]{1,4}$/i.test(group))
			bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
		else return undefined;
	}
	return bytes;
}
