import { Sandbox } from './sandbox';
import type { SandboxOptions } from './settings';

export type { Fault } from './faultList';
export type { RateLimit } from './api/rateLimit';
export { AVALA_RATE_LIMIT } from './api/rateLimit';
export type { Scope } from './api/keys';
export type { ApiRequest, EmittedEvent, StoredDelivery, StoredWebhook } from './webhookRecords';
export type {
	DownloadLink,
	ExportFile,
	ExportPlan,
	StoredDataset,
	StoredExport,
	StoredProject,
	StoredTask,
} from './resources/resourceRecords';
export type { Sandbox } from './sandbox';
export type { ApiKey, SandboxOptions } from './settings';
export { SANDBOX_API_KEY } from './settings';
export type { FileFault } from './storage/files';
export type { StorageRequest } from './storage/storage';
export type { WireFormat } from './wireFormat';

/** Starts a sandbox on loopback. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const sandbox = new Sandbox(options);
	await sandbox.start();
	return sandbox;
}
