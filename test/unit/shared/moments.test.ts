import { momentIn, readMoment } from '../../../nodes/Avala/shared/moments';

const MOMENT = Date.parse('2026-03-02T10:30:00Z');

it('n8n runs in another time zone than UTC and that of the workflow, in these tests', () => {
	expect(new Date(MOMENT).getTimezoneOffset()).toBe(-330);
});

describe('a time that Avala sends', () => {
	it.each<[unknown]>([
		['2026-03-02T10:30:00Z'],
		['2026-03-02t10:30:00z'],
		[' 2026-03-02T10:30:00.000Z '],
		['2026-03-02T10:30:00'],
		['2026-03-02 10:30:00.000000'],
		['2026-03-02 10:30:00 UTC'],
		['2026-03-02T15:30:00+05'],
		['2026-03-02T05:30:00-0500'],
		['Mon, 02 Mar 2026 10:30:00 GMT'],
	])('is read, in UTC where it names no zone: %s', (value) => {
		expect(momentIn(value)).toBe(MOMENT);
	});

	it.each(['2026-03-02', 'March 2, 2026'])('may be a day alone: %s', (value) => {
		expect(momentIn(value)).toBe(Date.parse('2026-03-02T00:00:00Z'));
	});

	it.each<[unknown]>([['yesterday 10'], ['10 minutes'], ['5'], [''], [[1772447400]]])(
		'is not guessed, nor read in the time zone of n8n: %j',
		(value) => {
			expect(momentIn(value)).toBeUndefined();
		},
	);
});

describe('a date that an expression gives', () => {
	it.each<[unknown]>([
		[' 2026-03-02t10:30:00.000z '],
		['2026-03-02 10:30'],
		['2026-03-02T10:30:00.000000000'],
		['2026-03-02 10:30:00 UTC'],
		['2026-03-02T05:30:00-05:00'],
		['2026-03-02T05:30:00-0500'],
		['20260302T103000Z'],
		['2026/03/02 10:30:00'],
		['2026-03-02T11:30:00.000+01:00[Europe/Berlin]'],
		[new Date(MOMENT)],
		[' 1772447400000 '],
	])('is understood as %j', (value) => {
		expect(readMoment('Created After', value, 'UTC')).toBe(MOMENT);
	});

	it.each(['2026-03-02', '20260302', '2026/03/02'])('may be a day alone: %s', (value) => {
		expect(readMoment('Created After', value, 'UTC')).toBe(Date.parse('2026-03-02T00:00:00Z'));
	});

	it.each(['2026-03-02T05:30:00', '2026/03/02 05:30:00'])(
		'is in the time zone of the workflow where it names none: %s',
		(value) => {
			expect(readMoment('Created After', value, 'America/New_York')).toBe(MOMENT);
		},
	);

	it.each<[unknown]>([
		[5],
		['999999999999999'],
		['5 days ago'],
		['2026'],
		['March 2, 2026'],
		['02.03.2026'],
		['2026-02-30'],
		['2026-03-02[Europe]T10:30'],
		['2026-13-01'],
		['2026-03-02 or so'],
		['2026-03-02T25:00'],
		['2026-03/02'],
		[['2026-03-02']],
		[{}],
		[new Date(NaN)],
	])('is refused by name where it is none: %j', (value) => {
		expect(() => readMoment('Created After', value, 'UTC')).toThrow("'Created After'");
	});
});

it.each([
	['2026-03-02T10:30:00 CEST', 'CEST'],
	['2026-03-02 10:30[Mars/Base]', 'Mars/Base'],
])('a time whose zone n8n does not know is refused with its zone: %s', (value, zone) => {
	expect(() => readMoment('Created After', value, 'UTC')).toThrow(
		expect.objectContaining({
			message: `'Created After' has a time zone that n8n does not know: "${zone}".`,
			description: 'Write its offset, as in 2026-03-02T10:30:00+01:00, or Z for UTC.',
		}),
	);
});

it('a time zone of the workflow that n8n does not know is refused where it is needed alone', () => {
	expect(() => readMoment('X', '2026-03-02T10:30:00', 'Mars/Base')).toThrow('"Mars/Base"');
	expect(readMoment('X', '2026-03-02T10:30:00Z', 'Mars/Base')).toBe(MOMENT);
});

describe('a Unix time', () => {
	it.each<[number, number | undefined]>([
		[1e8 - 1, undefined],
		[1e8, 1e11],
		[1e11 - 1, 1e14 - 1000],
		[1e11, 1e11],
		[1e14 - 1, 1e14 - 1],
		[1e14, undefined],
	])('%d is in seconds, in milliseconds, or none', (value, expected) => {
		expect(momentIn(value)).toBe(expected);
		expect(momentIn(` ${value}`)).toBe(expected);
	});

	it('may have a fraction', () => {
		expect(momentIn('1772447400.125')).toBe(MOMENT + 125);
		expect(readMoment('X', '1772447400.125', 'UTC')).toBe(MOMENT + 125);
	});
});
