import type { INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { recover } from '../actions/delivery/recover';
import { connect, withLimit } from '../transport/connection';
import { wholeError } from '../transport/errors';
import { Backlog } from './backlog';
import { isElsewhere } from './give';
import { readParameters } from './parameters';
import { watchedWebhook } from './watched';

const LIMIT_MS = 30_000;
/** Of the recent deliveries. */
const MAX_PAGES = 5;

/**
 * "Fetch Test Event": the newest missed event of the recent deliveries; nothing is stored or changed.
 *
 * @returns null when there is none
 * @throws NodeApiError or NodeOperationError, which n8n shows
 */
export async function newestMissed(
	context: IPollFunctions,
): Promise<INodeExecutionData[][] | null> {
	try {
		const parameters = readParameters(context);
		const connection = withLimit(await connect(context), LIMIT_MS);
		const { webhookUrl, projects } = parameters;
		const webhook =
			webhookUrl === undefined
				? undefined
				: await watchedWebhook(connection, webhookUrl, undefined);
		if (webhookUrl !== undefined && !webhook) return null;
		const backlog = new Backlog(0, webhook && [webhook.uid], parameters);
		await backlog.read(connection, MAX_PAGES);
		for (const one of backlog.newestFirst()) {
			const item = await recover(connection, one);
			if (!isElsewhere(item, projects)) return [[{ json: item }]];
		}
		return null;
	} catch (error) {
		throw wholeError(context.getNode(), error);
	}
}
