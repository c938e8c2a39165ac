import {
	causeOf,
	normaliseDelivery,
	outcomeOf,
	statusOf,
} from '../../../nodes/Avala/shared/delivery';

it.each([
	['success', 'delivered'],
	['Delivered', 'delivered'],
	[' SUCCESS ', 'delivered'],
	['FAILED', 'failed'],
	['Pending', 'pending'],
	['a word of tomorrow', 'pending'],
	[null, 'pending'],
])('a delivery with the status %j is %s', (status, expected) => {
	expect(statusOf(normaliseDelivery({ uid: 'd1', status }))).toBe(expected);
});

it.each([
	[200, 'delivered', 'succeeded'],
	[299, 'delivered', 'succeeded'],
	[199, 'pending', 'failed'],
	[300, 'pending', 'failed'],
])(
	'of a word that is not known the response %d tells what it means: %s',
	(code, status, outcome) => {
		for (const word of ['ok', undefined]) {
			const sent = { uid: 'd1', status: word, response_status: code, attempts: 5 };
			expect(statusOf(normaliseDelivery({ ...sent }))).toBe(status);
			expect(outcomeOf(normaliseDelivery({ ...sent }), 0)).toBe(outcome);
		}
	},
);

it('a delivery that n8n took while it was starting has failed, however the status is written', () => {
	const delivery = normaliseDelivery({
		uid: 'd1',
		status: 'Delivered',
		response_body: 'n8n is starting up. Please wait',
	});
	expect(outcomeOf(delivery, 0)).toBe('failed');
});

it('a delivery with values that cannot be read has failed, with what was sent as its cause', () => {
	const sent = { status: 'pending', response_status_code: '502 Bad Gateway', attempts: '3 of 5' };
	expect(outcomeOf(normaliseDelivery({ ...sent }), 0)).toBe('retrying');
	expect(causeOf(normaliseDelivery({ ...sent }))).toBe('The target responded 502 Bad Gateway');
	const odd = { ...sent, response_status_code: { code: 502 } };
	expect(causeOf(normaliseDelivery(odd))).toBe('The target responded with an error');
});

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-02T12:00:00Z');
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

it.each([
	['another try is to come', { next_retry_at: at(0.1) }, 'retrying'],
	['a try is due that waits for its turn', { next_retry_at: at(-0.5) }, 'retrying'],
	['the try that was promised has not happened', { next_retry_at: at(-2) }, 'failed'],
	['no other try is to come', { next_retry_at: null }, 'failed'],
	['the time of the next try cannot be read', { next_retry_at: 'soon' }, 'retrying'],
	[
		'that time cannot be read, and all tries are over',
		{ next_retry_at: 'soon', attempts: 5 },
		'failed',
	],
])('of a failed delivery is told: %s', (_, fields, expected) => {
	const delivery = { uid: 'd1', status: 'failed', attempts: 2, created_at: at(-0.2), ...fields };
	expect(outcomeOf(normaliseDelivery(delivery), NOW)).toBe(expected);
});

it.each([
	['has not begun', {}, 'pending'],
	['is to be tried again', { attempts: 2, next_retry_at: at(0.1) }, 'retrying'],
	['is being tried', { attempts: 2, next_retry_at: null }, 'retrying'],
	['was to be tried long ago', { attempts: 2, next_retry_at: at(-2) }, 'failed'],
	['has been tried as often as Avala does', { attempts: 5, next_retry_at: null }, 'failed'],
	['is older than the last try', { attempts: 2, created_at: at(-16) }, 'failed'],
	['has a response and no time', { response_status: 500, created_at: null }, 'retrying'],
	['is still pending, as Avala says', { status: 'Pending', attempts: 5 }, 'retrying'],
])('of a delivery in another state is told whether it %s', (_, fields, expected) => {
	const delivery = { uid: 'd1', status: 'error', created_at: at(-0.2), ...fields };
	expect(outcomeOf(normaliseDelivery(delivery), NOW)).toBe(expected);
});
