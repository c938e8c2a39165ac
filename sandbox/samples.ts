import { randomBytes } from 'node:crypto';

/** The event types that Avala documents, and the further ones that its documents mention here and there. */
export const KNOWN_EVENTS: ReadonlySet<string> = new Set([
	'task.created',
	'task.updated',
	'task.completed',
	'task.reviewed',
	'task.rejected',
	'task.deleted',
	'project.created',
	'project.updated',
	'project.deleted',
	'dataset.created',
	'dataset.updated',
	'dataset.deleted',
	'export.created',
	'export.completed',
	'export.failed',
	'result.submitted',
	'task.submitted',
	'task.approved',
	'project.status_changed',
]);

export type Resource = Record<string, unknown>;

const id = (prefix: string): string => `${prefix}_${randomBytes(5).toString('hex')}`;

/** A resource as Avala would send it with an event of this type that happens now. */
export function sampleResource(type: string): Resource {
	const [subject = '', verb = ''] = type.split('.');
	const now = new Date().toISOString();
	switch (subject) {
		case 'task':
			return {
				uid: id('task'),
				status: verb,
				project_uid: 'proj_abc123',
				assignee: 'ann@example.com',
				completed_at: verb === 'completed' ? now : null,
			};
		case 'export': {
			const uid = id('exp');
			return {
				uid,
				status: verb,
				download_url: verb === 'completed' ? `/files/${uid}.json` : null,
				format: 'coco',
				created_at: now,
			};
		}
		case 'dataset':
			return {
				uid: id('ds'),
				name: 'Street scenes',
				owner: 'ann',
				slug: 'street-scenes',
				data_type: 'image',
				item_count: 1200,
				created_at: now,
				updated_at: now,
			};
		default:
			return {
				uid: id(subject || 'res'),
				name: 'Sample',
				status: verb,
				created_at: now,
				updated_at: now,
			};
	}
}
