import type { IWebhookFunctions } from 'n8n-workflow';

const INTERVAL_MS = 60 * 60_000;
const MAX_REMEMBERED = 1_000;

const warnedAt = new Map<string, number>();

/**
 * Writes a warning to n8n's log, once an hour for each node: anyone can send requests. Warnings that
 * differ in a number or a quoted value are the same.
 */
export function warnOnce(context: IWebhookFunctions, message: string): void {
	const { id: workflowId, name } = context.getWorkflow();
	const node = context.getNode();
	// On a text of many megabytes the regular expression would fail.
	const kind = message
		.slice(0, 2000)
		.replace(/"(?:[^"\\]|\\.)*"?|\d/g, '')
		.slice(0, 200);
	const key = JSON.stringify([workflowId, node.id, kind]);
	if (Date.now() - (warnedAt.get(key) ?? -Infinity) < INTERVAL_MS) return;
	if (warnedAt.size >= MAX_REMEMBERED) warnedAt.clear();
	warnedAt.set(key, Date.now());
	context.logger.warn(
		`${node.name} in workflow ${name ?? ''} (${workflowId ?? 'not saved'}): ${message}`,
	);
}
