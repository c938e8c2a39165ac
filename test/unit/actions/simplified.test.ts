import { simplifyDataset } from '../../../nodes/Avala/actions/dataset/simplify';
import { completeDelivery, simplifyDelivery } from '../../../nodes/Avala/actions/delivery/simplify';
import { simplifyExport } from '../../../nodes/Avala/actions/export/output';
import { simplifyProject } from '../../../nodes/Avala/actions/project/read';
import { simplifyTask } from '../../../nodes/Avala/actions/task/simplify';
import { normaliseDelivery } from '../../../nodes/Avala/shared/delivery';

describe('what Simplify leaves', () => {
	it.each([
		['an export', simplifyExport],
		['a task', simplifyTask],
		['a project', simplifyProject],
		['a dataset', simplifyDataset],
	])('are ten fields at most, whatever is sent: %s', (_, simplify) => {
		for (const sent of [{}, { assignee: 'a', completed_at: 'b', more: 1, uid: 'x' }]) {
			const shown = Object.keys(simplify(sent));
			expect(shown.length).toBeLessThanOrEqual(10);
			expect(shown).not.toContain('more');
		}
	});

	it('has the same names whatever the wire format calls them', () => {
		expect(simplifyTask({ project_uid: 'p' })).toMatchObject({ project: 'p' });
		expect(simplifyTask({ project: 'p' })).toMatchObject({ project: 'p' });
		expect(simplifyDataset({ owner_name: 'ann' })).toMatchObject({ owner: 'ann' });
		expect(simplifyProject({ owner: 'ann' })).toMatchObject({ owner: 'ann' });
		expect(simplifyTask({ project: null, project_uid: 'p' })).toMatchObject({ project: 'p' });
	});

	it('of a delivery tells why it failed, and when the next attempt is', () => {
		const sent = { uid: 'd', response_status_code: 500, error_message: null };
		const failed = normaliseDelivery({ ...sent, status: 'failed' });
		expect(simplifyDelivery(failed)).toMatchObject({
			error_message: 'The target responded 500',
			next_retry_at: null,
		});
		expect(completeDelivery(failed)).toMatchObject({ error_message: 'The target responded 500' });
		const next = '2026-03-02T10:30:00Z';
		const pending = normaliseDelivery({ ...sent, status: 'pending', next_retry_at: next });
		expect(simplifyDelivery(pending)).toMatchObject({ error_message: null, next_retry_at: next });
		expect(completeDelivery(pending)).toBe(pending);
	});

	it('keeps values of another type than expected', () => {
		const odd = { uid: 7, name: { en: 'a' }, status: ['x'], item_count: '12' };
		expect(simplifyDataset(odd)).toMatchObject(odd);
		expect(simplifyExport(odd)).toMatchObject({ uid: 7, status: ['x'], state: 'running' });
	});
});
