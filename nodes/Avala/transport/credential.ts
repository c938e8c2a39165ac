import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { parseBaseUrl } from './baseUrl';

/** The credential `avalaApi`, checked, without blanks or line ends around its values. */
export interface AvalaCredential {
	apiKey: string;
	/** Without a slash at its end. */
	baseUrl: string;
	/** The signing secret that the user chose; undefined when the field is empty. */
	webhookSecret?: string;
}

/** @throws UserError that names the field and says what to do; never with the value of a secret */
export function readCredential(data: ICredentialDataDecryptedObject): AvalaCredential {
	const webhookSecret = textIn(data.webhookSecret, 'Webhook Secret');
	return {
		apiKey: readApiKey(data.apiKey),
		baseUrl: parseBaseUrl(data.baseUrl),
		...(webhookSecret !== '' && { webhookSecret }),
	};
}

/** @throws UserError when the key is missing, or cannot be sent in an HTTP header */
export function readApiKey(value: unknown): string {
	const key = textIn(value, 'API Key');
	if (key === '') {
		throw new UserError(
			"'API Key' in the Avala credential is empty. Create a key in the settings of your Avala account and enter it there.",
		);
	}
	const unsendable = [...key].find((character) => !/[ -~]/.test(character));
	if (unsendable === undefined) return key;
	const codePoint = unsendable.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '';
	throw new UserError(
		`'API Key' in the Avala credential contains a character that an HTTP header cannot hold (U+${codePoint}). No request was sent. Copy the key from Avala again and paste it as plain text.`,
	);
}

/** Filled in by an expression, a field may hold anything. */
function textIn(value: unknown, field: string): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'string') return value.trim();
	throw new UserError(
		`'${field}' in the Avala credential is not text but ${Array.isArray(value) ? 'a list' : typeof value}. Enter it as text.`,
	);
}
