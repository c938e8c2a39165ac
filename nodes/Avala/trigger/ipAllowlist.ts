/** Of 128 bits; an IPv4 address is one in its IPv6-mapped form (`::ffff:192.0.2.1`). */
interface Range {
	value: bigint;
	prefixLength: number;
}

const isIpv4 = (address: bigint) => address >> 32n === 0xffffn;

/** The first entry that is neither an address nor a CIDR range. */
export function invalidEntry(entries: readonly string[]): string | undefined {
	return entries.find((entry) => parseRange(entry) === undefined);
}

/**
 * True when the address lies in one of the ranges, or when there are none. An IPv4 address lies in no range
 * of IPv6, unless that is written for mapped ones. An entry that is no range matches nothing.
 *
 * @param ip as n8n has it; some proxies add the port (`203.0.113.7:51234`, `[2001:db8::1]:443`)
 */
export function isAllowed(ip: string | undefined, entries: readonly string[]): boolean {
	if (entries.length === 0) return true;
	const address = parseAddress(withoutPort(ip?.trim() ?? ''));
	if (address === undefined) return false;
	return entries.some((entry) => {
		const range = parseRange(entry);
		if (!range || isIpv4(range.value) !== isIpv4(address)) return false;
		const hostBits = BigInt(128 - range.prefixLength);
		return range.value >> hostBits === address >> hostBits;
	});
}

function withoutPort(ip: string): string {
	const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(ip);
	if (bracketed) return bracketed[1] ?? '';
	return /^([\d.]+):\d{1,5}$/.exec(ip)?.[1] ?? ip;
}

function parseRange(entry: string): Range | undefined {
	const [text = '', prefix, ...rest] = entry.split('/');
	const value = parseAddress(text);
	if (value === undefined || rest.length > 0) return undefined;
	if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
	const before = text.includes(':') ? 0 : 96;
	const prefixLength = prefix === undefined ? 128 : before + Number(prefix);
	const isValid = prefixLength <= 128 && (!isIpv4(value) || prefixLength >= 96);
	return isValid ? { value, prefixLength } : undefined;
}

function parseAddress(text: string): bigint | undefined {
	const withoutZone = text.trim().replace(/%.*$/, '');
	const ipv4 = ipv4Groups(withoutZone);
	const groups = ipv4 ? [0, 0, 0, 0, 0, 0xffff, ...ipv4] : ipv6Groups(withoutZone);
	if (!groups || groups.some(Number.isNaN)) return undefined;
	return groups.reduce((sum, group) => (sum << 16n) + BigInt(group), 0n);
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
