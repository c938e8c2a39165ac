import type { IDataObject } from 'n8n-workflow';

import { idOf } from './values';

/** Where an export stands, whatever words the server has for it. */
export type ExportState = 'running' | 'ready' | 'failed';

/** The newest wire format says `exported` where the others say `completed`. */
const READY: readonly string[] = ['exported', 'completed'];

/** Servers have further words, and new ones come: what is neither done nor failed is still running. */
export function exportState(sent: IDataObject): ExportState {
	const status = idOf(sent.status)?.trim().toLowerCase() ?? '';
	if (READY.includes(status)) return 'ready';
	return status === 'failed' ? 'failed' : 'running';
}
