import { momentIn } from '../../../nodes/Avala/shared/values';

const MOMENT = Date.parse('2026-03-02T10:30:00Z');

describe('a time that Avala sends', () => {
	it.each<[unknown]>([
		['2026-03-02T10:30:00Z'],
		['2026-03-02t10:30:00z'],
		[' 2026-03-02T10:30:00.000Z '],
		['2026-03-02T10:30:00'],
		['2026-03-02 10:30:00.000000'],
		['2026-03-02T10:30'],
		['2026-03-02 10:30:00 UTC'],
		['2026-03-02T05:30:00-0500'],
		['Mon, 02 Mar 2026 10:30:00 GMT'],
		[1772447400],
		[1772447400000],
		['1772447400'],
		['1772447400000'],
	])('is read, in UTC where it names no zone: %s', (value) => {
		expect(momentIn(value)).toBe(MOMENT);
	});

	it.each(['2026-03-02', '2026/03/02', 'March 2, 2026'])('may be a day alone: %s', (value) => {
		expect(momentIn(value)).toBe(Date.parse('2026-03-02T00:00:00Z'));
	});

	it.each<[unknown]>([
		['yesterday 10'],
		['10 minutes'],
		['5'],
		[5],
		[1772447400000000],
		[-1772447400],
		[''],
		[null],
		[{}],
		[[1772447400]],
		[true],
	])('is not guessed, nor read in the time zone of n8n: %j', (value) => {
		expect(momentIn(value)).toBeUndefined();
	});
});
