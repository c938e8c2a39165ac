/** An IP address as a number of 32 or 128 bits. */
interface Address {
	bits: number;
	value: bigint;
}

interface Range extends Address {
	prefixLength: number;
}

const MAPPED_PREFIX = 0xffffn;

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
		if (range?.bits !== address.bits) return false;
		const hostBits = BigInt(range.bits - range.prefixLength);
		return range.value >> hostBits === address.value >> hostBits;
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

function parseRange(entry: string): Range | undefined {
	const [text = '', prefix, ...rest] = entry.split('/');
	const address = parseAddress(text);
	if (!address || rest.length > 0) return undefined;

	const writtenBits = text.includes(':') ? 128 : 32;
	if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
	const written = prefix === undefined ? writtenBits : Number(prefix);
	// ::ffff:10.0.0.0/104 is 10.0.0.0/8: a mapped address was shortened by 96 bits.
	const prefixLength = written - (writtenBits - address.bits);
	const isValid = prefixLength >= 0 && prefixLength <= address.bits;
	return isValid ? { ...address, prefixLength } : undefined;
}

/** 32 bits for IPv4, also when it is written as IPv6-mapped; 128 for any other IPv6 address. */
function parseAddress(text: string): Address | undefined {
	const withoutZone = text.trim().replace(/%.*$/, '');
	const isIpv6 = withoutZone.includes(':');
	const groups = isIpv6 ? ipv6Groups(withoutZone) : ipv4Groups(withoutZone);
	if (!groups || groups.some(Number.isNaN)) return undefined;
	const value = groups.reduce((sum, group) => (sum << 16n) + BigInt(group), 0n);
	const isMapped = isIpv6 && value >> 32n === MAPPED_PREFIX;
	return isIpv6 && !isMapped
		? { bits: 128, value }
		: { bits: 32, value: BigInt.asUintN(32, value) };
}

/** `192.0.2.1` as its two groups of 16 bits. */
function ipv4Groups(text: string): number[] | undefined {
	const parts = text.split('.');
	const isAddress =
		parts.length === 4 &&
		parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
	if (!isAddress) return undefined;
	const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
	return [a * 256 + b, c * 256 + d];
}

/** The eight groups of an IPv6 address; `::` stands for those that are left out. */
function ipv6Groups(text: string): number[] | undefined {
	const [head = [], tail, ...others] = text.split('::').map(groupsIn);
	const missing = 8 - head.length - (tail?.length ?? 0);
	if (others.length > 0 || (tail ? missing < 1 : missing !== 0)) return undefined;
	return [...head, ...new Array<number>(missing).fill(0), ...(tail ?? [])];
}

/** `2001:db8` as its groups, NaN for what is none; the last one may be an IPv4 address, which is two. */
function groupsIn(text: string): number[] {
	if (text === '') return [];
	return text.split(':').flatMap((group, index, groups) => {
		const ipv4 = index === groups.length - 1 ? ipv4Groups(group) : undefined;
		return ipv4 ?? [/^[0-9a-f]{1,4}$/i.test(group) ? parseInt(group, 16) : NaN];
	});
}
