import type { IDataObject } from 'n8n-workflow';

import { readWebhook } from '../../shared/webhook';
import type { ItemRun } from '../operation';

/** Avala deactivates a webhook that keeps failing, and tells nobody. */
export function hintIfInactive(run: ItemRun, webhooks: IDataObject[]): void {
	const inactive = webhooks.filter((webhook) => readWebhook(webhook)?.isActive === false).length;
	if (inactive === 0) return;
	const count = inactive === 1 ? '1 webhook is' : `${inactive} webhooks are`;
	run.hint(
		`${count} inactive: Avala sends no events there. It deactivates a webhook that keeps failing. Check the target with Send Test, then activate it with Update.`,
	);
}
