import { normaliseDelivery, outcomeOf, statusOf } from '../../../nodes/Avala/shared/delivery';

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

it('a delivery that n8n took while it was starting has failed, however the status is written', () => {
	const delivery = normaliseDelivery({
		uid: 'd1',
		status: 'Delivered',
		response_body: 'n8n is starting up. Please wait',
	});
	expect(outcomeOf(delivery, 0)).toBe('failed');
});
