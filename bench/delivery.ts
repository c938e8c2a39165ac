import { createHmac, randomUUID } from 'node:crypto';

import type { WireFormat } from '../sandbox';

/** A delivery's body of about so many bytes: a completed task with its annotations. */
export function bodyOf(wireFormat: WireFormat, bytes: number, uid: string = randomUUID()): Buffer {
	const data = {
		uid,
		status: 'completed',
		project_uid: 'proj_abc123',
		assignee: 'ann@example.com',
		completed_at: '2026-03-02T10:29:55Z',
	};
	const annotations: object[] = [];
	const withEnvelope = () => JSON.stringify(envelope(wireFormat, uid, { ...data, annotations }));
	const missing = bytes - withEnvelope().length;
	const count = Math.ceil(missing / (JSON.stringify(annotation(0)).length + 1));
	for (let index = 0; index < count; index++) annotations.push(annotation(index));
	return Buffer.from(withEnvelope());
}

/** The headers with which the wire format delivers the body. */
export function headersOf(
	wireFormat: WireFormat,
	body: Buffer,
	secret: string,
): Record<string, string> {
	const signature = createHmac('sha256', secret).update(body).digest('hex');
	const contentType = { 'content-type': 'application/json' };
	if (wireFormat !== 'newer') return { ...contentType, 'x-avala-signature': signature };
	return {
		...contentType,
		'x-avala-webhook-signature': signature,
		'x-avala-webhook-event': 'task.completed',
		'x-avala-webhook-delivery': randomUUID(),
	};
}

function envelope(wireFormat: WireFormat, uid: string, data: object): object {
	const type = 'task.completed';
	const time = '2026-03-02T10:30:00Z';
	if (wireFormat === 'guide') return { id: `evt_${uid}`, type, created_at: time, data };
	return wireFormat === 'older' ? { event: type, timestamp: time, data } : data;
}

function annotation(index: number): object {
	return {
		id: index,
		label: 'vehicle – Pkw',
		box: [12.25, 40.5 + index, 199.75, 88],
		track: `track_${index}`,
	};
}
