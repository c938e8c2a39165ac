import { randomUUID } from 'node:crypto';

import type { WireFormat } from '../sandbox';
import { payloadOf } from '../sandbox/wire/webhooks';

export const EVENT_TYPE = 'task.completed';
const ANNOTATION_BYTES = 93;

/** The body of an event of about this size: a completed task with its annotations. */
export function bodyOf(wireFormat: WireFormat, bytes: number): string {
	const uid = randomUUID();
	const annotations = Array.from({ length: Math.floor(bytes / ANNOTATION_BYTES) }, () => ({
		id: 1000,
		label: 'vehicle – Pkw',
		box: [12.25, 40.5, 199.75, 88],
		track: 'track_1000',
	}));
	const data = { uid, status: 'completed', project_uid: 'proj_abc123', annotations };
	const event = { id: `evt_${uid}`, type: EVENT_TYPE, created_at: '2026-03-02T10:30:00Z', data };
	return JSON.stringify(payloadOf(event, wireFormat));
}
