import { Collection } from './collection';
import type {
	StoredDataset,
	StoredExport,
	StoredProject,
	StoredTask,
} from './resources/resourceRecords';
import type {
	StoredAgent,
	StoredExecution,
	StoredIssue,
	StoredJob,
	StoredTarget,
} from './resources/reviewRecords';
import type { StoredDelivery, StoredWebhook } from './webhookRecords';

/** What is stored, by the name of its collection. */
export interface Records {
	webhooks: StoredWebhook;
	deliveries: StoredDelivery;
	projects: StoredProject;
	tasks: StoredTask;
	datasets: StoredDataset;
	exports: StoredExport;
	agents: StoredAgent;
	executions: StoredExecution;
	issues: StoredIssue;
	targets: StoredTarget;
	jobs: StoredJob;
}

/** The state of the sandbox. */
export type Store = { readonly [K in keyof Records]: Collection<Records[K]> };

export function newStore(): Store {
	return {
		webhooks: new Collection(),
		deliveries: new Collection(),
		projects: new Collection(),
		tasks: new Collection(),
		datasets: new Collection(),
		exports: new Collection(),
		agents: new Collection(),
		executions: new Collection(),
		issues: new Collection(),
		targets: new Collection(),
		jobs: new Collection(),
	};
}
