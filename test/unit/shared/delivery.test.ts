import {
	causeOf,
	normaliseDelivery,
	outcomeOf,
	statusOf,
} from '../../../nodes/Avala/shared/delivery';

it.each([
	['Delivered', 'delivered'],
	[' SUCCESS ', 'delivered'],
	['FAILED', 'failed'],
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
		response_body: 'n8n is starting up. Please wait\n',
	});
	expect(outcomeOf(delivery, 0)).toBe('failed');
	expect(causeOf(delivery)).toContain('n8n was starting up: it responded 200');
	const failed = normaliseDelivery({ ...delivery, status: 'failed', response_status_code: 503 });
	expect(causeOf(failed)).toBe('The target responded 503');
});

it('a response status that is no number tells nothing', () => {
	const sent = { uid: 'd1', status: 'pending', response_status: '502 Bad Gateway', attempts: 0 };
	expect(outcomeOf(normaliseDelivery(sent), 0)).toBe('pending');
});

it('a delivery that is pending although the target responded 2xx tells no cause', () => {
	const sent = { status: 'pending', response_status: 200, attempts: 1 };
	expect(causeOf(normaliseDelivery({ ...sent }))).toBeNull();
	expect(causeOf(normaliseDelivery({ ...sent, error_message: 'cut off' }))).toBe('cut off');
	expect(causeOf(normaliseDelivery({ ...sent, status: 'failed' }))).toBe(
		'The target responded 200',
	);
});

it.each([
	[{ webhook_uid: { uid: 'wh_1', target_url: 'https://x.example' } }, 'wh_1'],
	[{ subscription: 'wh_1' }, 'wh_1'],
	[{ webhook_uid: {}, subscription: 'wh_1' }, 'wh_1'],
	[{ webhook_uid: { name: 'x' } }, { name: 'x' }],
	[{ webhook_uid: '' }, null],
])('the webhook of %j is %j', (sent, uid) => {
	expect(normaliseDelivery({ ...sent }).webhook_uid).toEqual(uid);
});

const HOUR = 3_600_000;
const NOW = Date.parse('2026-03-02T12:00:00Z');
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

it.each([
	['another try is to come', { next_retry_at: at(0.1) }, 'retrying'],
	['another is, and it has no time', { next_retry_at: at(0.1), created_at: null }, 'retrying'],
	['the last try may still come', { created_at: at(-89 / 60) }, 'retrying'],
	['the last try is over', { created_at: at(-91 / 60) }, 'failed'],
	['nothing tells whether one is to come', { created_at: null }, 'failed'],
	['a try is due that waits for its turn', { next_retry_at: at(-0.5) }, 'retrying'],
	['the try that was promised has not happened', { next_retry_at: at(-2) }, 'failed'],
	['no other try is to come', { next_retry_at: null }, 'failed'],
	['the time of the next try cannot be read', { next_retry_at: 'soon' }, 'retrying'],
])('of a failed delivery is told: %s', (_, fields, expected) => {
	const delivery = { uid: 'd1', status: 'failed', attempts: 2, created_at: at(-0.2), ...fields };
	expect(outcomeOf(normaliseDelivery(delivery), NOW)).toBe(expected);
});

it.each([
	['has not begun', {}, 'pending'],
	['is to be tried again', { attempts: 2, next_retry_at: at(0.1) }, 'retrying'],
	['is being tried', { attempts: 2, next_retry_at: null }, 'retrying'],
	['has been tried as often as Avala does', { attempts: 5, next_retry_at: null }, 'failed'],
	['has a response and no time', { response_status: 500, created_at: null }, 'retrying'],
	['is still pending, as Avala says', { status: 'Pending', attempts: 5 }, 'retrying'],
])('of a delivery in another state is told whether it %s', (_, fields, expected) => {
	const delivery = { uid: 'd1', status: 'error', created_at: at(-0.2), ...fields };
	expect(outcomeOf(normaliseDelivery(delivery), NOW)).toBe(expected);
});
