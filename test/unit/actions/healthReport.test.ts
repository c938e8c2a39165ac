import type { IDataObject } from 'n8n-workflow';

import { HealthReport } from '../../../nodes/Avala/actions/delivery/getHealth.operation';
import { normaliseDelivery } from '../../../nodes/Avala/shared/delivery';

const NOW = Date.parse('2026-03-02T12:00:00Z');

function reportOn(...deliveries: IDataObject[]): HealthReport {
	const report = new HealthReport(NOW);
	for (const delivery of deliveries) report.add(normaliseDelivery(delivery));
	return report;
}

describe('the report on deliveries', () => {
	it('counts those that name neither webhook nor event type together, and asks for no webhook without an ID', () => {
		const report = reportOn({ uid: 'd_3', subscription: null }, { uid: 'd_2' }, { uid: 'd_1' });
		expect(report.webhookUids).toEqual([]);
		expect(report.toItem(new Map())).toMatchObject({
			by_event: [{ event_type: '', total: 3 }],
			by_webhook: [{ webhook_uid: null, target_url: null, total: 3 }],
		});
	});

	it('is from the oldest to the newest time that can be read', () => {
		const times = [null, '10:59:00', '11:00:00', '10:00:00', '10:01:00', 'yesterday'].map((time) =>
			time?.includes(':') ? `2026-03-02T${time}Z` : time,
		);
		const deliveries = times.map((time, index) => ({ uid: `d_${index}`, created_at: time }));
		expect(reportOn(...deliveries).toItem(new Map())).toMatchObject({
			total: 6,
			from: '2026-03-02T10:00:00Z',
			to: '2026-03-02T11:00:00Z',
		});
	});

	it('says of a failure when it is tried again', () => {
		const failed = { status: 'failed', attempts: 2, created_at: '2026-03-02T11:50:00Z' };
		const next = '2026-03-02T12:05:00Z';
		const deliveries = [
			{ uid: 'd_2', ...failed, next_retry_at: next },
			{ uid: 'd_1', ...failed },
		];
		expect(reportOn(...deliveries).toItem(new Map())).toMatchObject({
			recent_failures: [
				{ uid: 'd_2', retrying: true, next_retry_at: next },
				{ uid: 'd_1', retrying: true, next_retry_at: null },
			],
		});
	});
});
