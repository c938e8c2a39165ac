import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { DEFAULT_BASE_URL, readApiKey, readBaseUrl } from '../nodes/Avala/transport/credential';

/** As the newer and the older of n8n's request helpers spell it. */
const WITHOUT_REDIRECTS = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
};

const REFUSALS: Record<number, string> = {
	401: 'Avala refused the API key: it is wrong, revoked or expired.',
	// n8n takes every status but 2xx for an error, and has no way to show a warning.
	403: 'The API key is valid, but lacks the permission webhooks.read. Only the Avala Trigger and the operations on webhooks and deliveries need it: for all others, save the credential as it is.',
	404: 'There is no Avala API at this base URL. It usually ends in /api/v1.',
};

/** n8n reads each rule by its own type, though its declaration knows lists of one type alone. */
const RULES = [
	...Object.entries(REFUSALS).map(([status, message]) => ({
		type: 'responseCode',
		properties: { value: Number(status), message },
	})),
	{
		// A login page or another service responds 200 as well; only Avala's list has results.
		type: 'responseSuccessBody',
		properties: {
			key: 'results',
			value: undefined,
			message:
				'This base URL responds, but not as the Avala API does: it may be a login page or a proxy. The base URL usually ends in /api/v1.',
		},
	},
] as ICredentialTestRequest['rules'];

export class AvalaApi implements ICredentialType {
	name = 'avalaApi';

	displayName = 'Avala API';

	icon = {
		light: 'file:../nodes/Avala/avala.svg',
		dark: 'file:../nodes/Avala/avala.dark.svg',
	} as const;

	documentationUrl = 'https://github.com/n8n-nodes-avala/n8n-nodes-avala#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'Create one in the settings of your Avala account',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: DEFAULT_BASE_URL,
			description:
				'Address of the Avala API. It must be https; plain http is accepted for localhost only.',
		},
		{
			displayName: 'Webhook Secret',
			name: 'webhookSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'Optional',
			description:
				'Optional. Signing secret for the webhooks that the Avala Trigger registers. If empty, the trigger derives one for each webhook from the API key and n8n keeps it in the workflow’s data; a secret entered here is stored only in this credential.',
		},
	];

	/**
	 * Adds the key, and only to requests that stay at the base URL's origin: so neither a mistyped base
	 * URL nor an HTTP Request node that uses this credential can take the key to another host. Redirects
	 * are not followed, since n8n would send the key along.
	 */
	authenticate = async (
		{ apiKey, baseUrl }: ICredentialDataDecryptedObject,
		request: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> => {
		const base = readBaseUrl(baseUrl);
		// n8n's older request helper, which the HTTP Request node uses, says `uri` for `url`.
		const address = request.url ?? ('uri' in request ? String(request.uri) : '');
		const target = new URL(address, request.baseURL ? `${request.baseURL}/` : base);
		if (target.origin !== new URL(base).origin) {
			throw new UserError(
				`The Avala API key is sent to ${new URL(base).host} alone, and this request is for ${target.origin}. Send it without the Avala credential.`,
			);
		}
		return {
			...request,
			...WITHOUT_REDIRECTS,
			headers: { ...request.headers, 'X-Avala-Api-Key': readApiKey(apiKey) },
		};
	};

	test: ICredentialTestRequest = {
		request: {
			baseURL: `={{ ($credentials.baseUrl || '').trim() || '${DEFAULT_BASE_URL}' }}`,
			url: '/webhooks/',
			qs: { limit: 1 },
			disableFollowRedirect: true,
		},
		rules: RULES,
	};
}
