import type { IDataObject } from 'n8n-workflow';

import { simplifyDataset } from '../../../nodes/Avala/actions/dataset/simplify';
import { completeDelivery, simplifyDelivery } from '../../../nodes/Avala/actions/delivery/simplify';
import { completeExport, simplifyExport } from '../../../nodes/Avala/actions/export/output';
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

	it.each<[string, (sent: IDataObject) => IDataObject, string]>([
		[
			'an export',
			simplifyExport,
			'uid name state status format download_url total_task_count exported_task_count created_at updated_at',
		],
		[
			'a task',
			simplifyTask,
			'uid type name status project assignee completed_at created_at updated_at',
		],
		[
			'a project',
			simplifyProject,
			'uid name status task_type is_active visibility owner created_at updated_at',
		],
		[
			'a dataset',
			simplifyDataset,
			'uid name slug owner item_count data_type status visibility created_at updated_at',
		],
		[
			'a delivery',
			(sent) => simplifyDelivery(normaliseDelivery(sent)),
			'uid webhook_uid event_type status response_status_code response_body attempt_count error_message next_retry_at created_at',
		],
	])('has the fields that workflows read, each with what Avala sent: %s', (_, simplify, fields) => {
		const names = fields.split(' ');
		const sent = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
		const shown = simplify({ ...sent, status: 'exported' });
		expect(Object.keys(shown)).toEqual(names);
		for (const [name, value] of Object.entries(shown)) {
			const isRead = ['state', 'status', 'attempt_count', 'response_status_code'].includes(name);
			if (!isRead) expect({ name, value }).toEqual({ name, value: `the ${name}` });
		}
	});

	it('has null for what Avala did not send', () => {
		for (const simplify of [simplifyExport, simplifyProject, simplifyDataset]) {
			expect(simplify({ uid: 'x' })).toMatchObject({ name: null, created_at: null });
		}
		for (const field of ['assignee', 'completed_at']) {
			expect(Object.keys(simplifyTask({}))).not.toContain(field);
		}
	});

	it('is all that Avala sent, and the state of an export, when it is turned off', () => {
		const sent = { uid: 'e', status: 'exported', more: { a: 1 } };
		expect(completeExport(sent)).toEqual({ ...sent, state: 'ready' });
	});

	it('has the same names whatever the wire format calls them', () => {
		expect(simplifyTask({ project_uid: 'p' })).toMatchObject({ project: 'p' });
		expect(simplifyTask({ project: 'p' })).toMatchObject({ project: 'p' });
		expect(simplifyDataset({ owner_name: 'ann' })).toMatchObject({ owner: 'ann' });
		expect(simplifyProject({ owner: 'ann' })).toMatchObject({ owner: 'ann' });
		expect(simplifyProject({ owner_name: 'ann' })).toMatchObject({ owner: 'ann' });
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
		const retrying = normaliseDelivery({ ...sent, status: 'pending', next_retry_at: next });
		const told = { error_message: 'The target responded 500', next_retry_at: next };
		expect(simplifyDelivery(retrying)).toMatchObject(told);
		expect(completeDelivery(retrying)).toMatchObject(told);
		const pending = normaliseDelivery({ uid: 'd', status: 'pending', attempts: 0 });
		expect(simplifyDelivery(pending)).toMatchObject({ error_message: null });
		expect(completeDelivery(pending)).toBe(pending);
	});

	it('of a delivery without a response tells that there was none', () => {
		const retrying = normaliseDelivery({ uid: 'd', status: 'pending', attempts: 2 });
		expect(simplifyDelivery(retrying)).toMatchObject({
			error_message: 'No response from the target',
		});
	});

	it('of a delivery that n8n took while it was starting tells so', () => {
		const taken = normaliseDelivery({
			uid: 'd',
			status: 'delivered',
			response_preview: 'n8n is starting up. Please wait',
		});
		expect(simplifyDelivery(taken)).toMatchObject({
			error_message: expect.stringContaining('no workflow saw the event'),
		});
	});

	const ODD_DELIVERY = {
		uid: { id: 1 },
		event_type: ['task.done'],
		status: 'failed',
		response_status_code: '502 Bad Gateway',
		response_body: { a: 1 },
		attempt_count: '3 of 5',
		error_message: { code: 1 },
		next_retry_at: { at: 'noon' },
		created_at: { date: '2026-03-02' },
	};

	it('of a delivery keeps what cannot be read, as Avala sent it', () => {
		const sent = { ...ODD_DELIVERY, webhook_uid: { name: 'w' } };
		expect(simplifyDelivery(normaliseDelivery({ ...sent }))).toEqual({
			...sent,
			error_message: 'No response from the target',
		});
		expect(completeDelivery(normaliseDelivery({ ...sent }))).toEqual(sent);
	});

	it('of a delivery that has not failed is no error that is no text', () => {
		const sent = { status: 'delivered', error_message: { code: 1 } };
		expect(simplifyDelivery(normaliseDelivery(sent))).toMatchObject({ error_message: null });
	});

	it('of a delivery that is pending after a response 2xx is no cause', () => {
		const pending = { status: 'pending', response_status: 200, attempts: 1 };
		expect(simplifyDelivery(normaliseDelivery(pending))).toMatchObject({ error_message: null });
	});

	it.each([
		['a list of errors', { error_message: ['a', 'b'] }, { error_message: ['a', 'b'] }],
		[
			'numbers as text',
			{ attempts: '3', response_status: '500' },
			{ attempt_count: 3, response_status_code: 500 },
		],
		[
			'a webhook with more about it',
			{ subscription: { uid: 'w', x: 1 } },
			{ webhook_uid: 'w', subscription: { uid: 'w', x: 1 } },
		],
		['a webhook in place of its ID', { webhook_uid: { uid: 'w', x: 1 } }, { webhook_uid: 'w' }],
		['a webhook without an ID', { subscription: { x: 1 } }, { webhook_uid: { x: 1 } }],
		['a preview that is no text', { response_preview: [1] }, { response_body: [1] }],
		['a time as a number', { created_at: 1772447400 }, { created_at: 1772447400 }],
		['nothing', {}, { uid: '', event_type: '', webhook_uid: null, created_at: null }],
		['empty texts', { uid: '', error_message: '', attempts: '' }, { uid: '', error_message: null }],
	])('of a delivery with Simplify off are all values: %s', (_, sent, expected) => {
		const delivery = { status: 'delivered', ...sent };
		expect(completeDelivery(normaliseDelivery({ ...delivery }))).toMatchObject(expected);
	});

	it('keeps values of another type than expected', () => {
		const odd = { uid: 7, name: { en: 'a' }, status: ['x'], item_count: '12' };
		expect(simplifyDataset(odd)).toMatchObject(odd);
		expect(simplifyExport(odd)).toMatchObject({ uid: 7, status: ['x'], state: 'running' });
	});
});
