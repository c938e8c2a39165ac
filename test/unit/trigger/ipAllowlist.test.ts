import fc from 'fast-check';
import { BlockList, isIP } from 'node:net';

import { invalidEntry, isAllowed } from '../../../nodes/Avala/trigger/ipAllowlist';

describe('isAllowed', () => {
	it.each([
		['192.0.2.10', '192.0.2.10', true],
		['192.0.2.200', '10.0.0.0/8, 192.0.2.0/24', true],
		['2001:DB8:0:0:0:0:0:1', '2001:db8::1', true],
		['::ffff:192.0.2.10', '192.0.2.0/24', true],
		['192.0.2.10', '::ffff:192.0.2.0/120', true],
		['192.0.2.10', '::/0', false],
		['2001:db8::1', '0.0.0.0/0', false],
		['fe80::1%eth0', 'fe80::/10', true],
		['203.0.113.7:51234', '203.0.113.0/24', true],
		['[2001:db8::1]:443', '2001:db8::/32', true],
		['[2001:db8::1]', '2001:db8::/32', true],
		['[::ffff:192.0.2.10]:443', '192.0.2.0/24', true],
		[' 192.0.2.10 ', ' 192.0.2.10 ,', true],
		[' 203.0.113.7:51234 ', '203.0.113.0/24', true],
		['10.1.1.1', '10.0.0.0 /8', true],
		['192.0.2.10', '::ffff:0:0/96', true],
		['1:2:3:4:5:6:7:0', '1:2:3:4:5:6:7::', true],
		['fe80::2', 'fe80::1%eth0', false],
		// What only looks like the mapped form of an IPv4 address is another address.
		['2001:db8::ffff:192.0.2.10', '192.0.2.10', false],
		['::ff00:192.0.2.10', '192.0.2.10', false],
		['::ff:192.0.2.10', '192.0.2.10', false],
	])('says for %s and the list "%s": %s', (ip, allowlist, expected) => {
		expect(isAllowed(ip, allowlist.split(','))).toBe(expected);
	});

	it('allows everyone when the list is empty', () => {
		expect(isAllowed('192.0.2.10', [])).toBe(true);
	});

	it.each([
		undefined,
		'',
		'localhost',
		'192.0.2',
		'192.0.2.1.5',
		'0x7f.0.0.1',
		'203.0.113.7:port',
		'x203.0.113.7:80',
		'203.0.113.7:80x',
		'x[2001:db8::1]:443',
		'[2001:db8::1]x',
		'[2001:db8::1]:https',
		'[]:443',
	])('refuses a sender whose address is unknown: %s', (ip) => {
		expect(isAllowed(ip, ['0.0.0.0/0', '::/0'])).toBe(false);
	});

	it('matches nothing with an entry that is no range', () => {
		expect(isAllowed('192.0.2.10', ['192.0.2.10/33', '192.0.2.10/', 'example.com'])).toBe(false);
	});

	it('agrees with the operating platform on every range', () => {
		const v6 = fc.ipV6().filter((ip) => isIP(ip) === 6 && !ip.includes('.'));
		fc.assert(
			fc.property(
				fc.oneof(
					fc.tuple(
						fc.ipV4(),
						fc.ipV4(),
						fc.integer({ min: 0, max: 32 }),
						fc.constant('ipv4' as const),
					),
					fc.tuple(v6, v6, fc.integer({ min: 0, max: 128 }), fc.constant('ipv6' as const)),
				),
				([ip, network, prefix, family]) => {
					const list = new BlockList();
					list.addSubnet(network, prefix, family);
					return isAllowed(ip, [`${network}/${prefix}`]) === list.check(ip, family);
				},
			),
			{ numRuns: 2000 },
		);
	});
});

describe('invalidEntry', () => {
	it.each([
		'10.0.0.0/33',
		'10.0.0.0/x8',
		'10.0.0.0/8x',
		'10.0.0.0/',
		'10.0.0.0/8/9',
		'example.com',
		'1.2.3',
		'256.0.0.1',
		'010.0.0.1',
		'+1.2.3.4',
		'1.2 .3.4',
		'2001:db8::/129',
		'10.0.0.0/1e1',
		'::ffff:10.0.0.0/95',
		'1::2::3',
		'1:2:3',
		'1:2:3:4::5:6:7:8',
		'::x1',
		'::1x',
		'x1::',
		'::12345',
		'1.2.3.4:5:6:7:8:9:a',
	])('names what is neither an address nor a range: %s', (entry) => {
		expect(invalidEntry(['192.0.2.1', '::1', entry])).toBe(entry);
	});

	it('finds nothing wrong in addresses and ranges', () => {
		expect(invalidEntry(['192.0.2.1', '::1', '10.0.0.0/8', '2001:db8::/32'])).toBeUndefined();
	});
});
