import { createHmac, timingSafeEqual } from 'crypto';
import type {
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

/** The least that verifies: what n8n itself costs a trigger of this kind, and no real one can beat. */
// eslint-disable-next-line @n8n/community-nodes/webhook-lifecycle-complete -- the load knows its URL
export class BareTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Bare Trigger',
		name: 'bareTrigger',
		group: ['trigger'],
		version: 2,
		description: 'Starts the workflow on a signed event',
		defaults: { name: 'Bare Trigger' },
		inputs: [],
		// eslint-disable-next-line @n8n/community-nodes/node-connection-type-literal -- alone in its folder, it can import nothing
		outputs: ['main'],
		// Unused, but n8n looks at each execution who may use it, which costs something as well.
		credentials: [{ name: 'avalaApi', required: true }],
		webhooks: [{ name: 'default', httpMethod: 'POST', responseMode: 'onReceived', path: 'bare' }],
		properties: [{ displayName: 'Secret', name: 'secret', type: 'string', default: '' }],
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { headers, rawBody } = this.getRequestObject();
		const secret = this.getNodeParameter('secret', '');
		const expected = createHmac('sha256', String(secret)).update(rawBody).digest();
		const given = Buffer.from(String(headers['x-avala-signature']), 'hex');
		if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
			this.getResponseObject().status(401).end();
			return { noWebhookResponse: true };
		}
		return { workflowData: [[{ json: JSON.parse(rawBody.toString()) as { id: string } }]] };
	}
}
