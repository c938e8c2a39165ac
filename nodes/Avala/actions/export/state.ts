import type { IDataObject } from 'n8n-workflow';

import { idOf } from '../../shared/values';

/** Where an export stands, whatever words the server has for it. */
export type ExportState = 'running' | 'ready' | 'failed';

/** The newest wire format says `exported`, the guide `completed`; the others are what servers commonly say. */
const READY: readonly string[] = [
	'exported',
	'completed',
	'complete',
	'ready',
	'success',
	'succeeded',
	'done',
	'finished',
];
const FAILED: readonly string[] = ['failed', 'failure', 'error'];

/** Servers have further words, and new ones come: what is neither ready nor failed is still running. */
export function exportState(sent: IDataObject): ExportState {
	const status = idOf(sent.status)?.trim().toLowerCase() ?? '';
	if (READY.includes(status)) return 'ready';
	return FAILED.includes(status) ? 'failed' : 'running';
}
