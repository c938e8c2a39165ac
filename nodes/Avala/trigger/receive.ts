import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { AvalaEvent } from '../shared/event';
import { normaliseEvent } from '../shared/event';
import { isChosenEvent } from '../shared/eventCatalogue';
import { isObject, textOf } from '../shared/values';
import { isAllowed } from './ipAllowlist';
import type { TriggerParameters } from './options';
import { readParameters } from './options';
import { readRegistration, secretInCredential } from './registration';
import { signaturesOf, verifySignature } from './signature';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

/** The event in a body, or why there is none. */
type Reading = { event: AvalaEvent } | { problem: string };

/**
 * Answers one request to the webhook URL: request, verify, normalise, emit. Only an event whose
 * signature is right starts the workflow; every request is answered. Refusals are answered here and
 * not thrown, because n8n turns an error into a 500 and a failed execution.
 */
export async function receiveEvent(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = context.getRequestObject();
	const parameters = readParameters(context);
	if (!isAllowed(request.ip, parameters.ipAllowlist)) {
		return refuse(context, 403, 'This address is not on the IP allowlist of the Avala Trigger.');
	}

	const signatures = signaturesOf(request.headers);
	const body = await readRawBody(request);
	const { webhookId, secret: storedSecret } = readRegistration(context);
	const secret = storedSecret ?? (await secretInCredential(context));
	if (secret === undefined) return answerWithoutSecret(context, parameters, signatures, body);
	if (signatures.length === 0) return refuse(context, 401, 'The signature is missing.');
	if (!body)
		return refuse(context, 400, 'The body could not be read, so its signature cannot be checked.');
	if (!verifySignature(body, signatures, secret)) {
		return refuse(context, 401, 'The signature does not belong to this body and this webhook.');
	}

	const reading = readEvent(request, body);
	if ('problem' in reading) return refuse(context, 400, reading.problem);
	const { event } = reading;

	const isInEditor = context.getMode() === 'manual';
	const isChosen = isChosenEvent(event.type, parameters.events, parameters.customEvents);
	// The listener of the editor's test mode gets no other types from Avala but those of a test send.
	if (event.test || (isInEditor && !isChosen)) {
		// Until its id is stored the webhook is still being made: what comes now is the ping of its creation.
		const isWanted = webhookId !== undefined && (isInEditor || parameters.runOnTestEvents);
		if (!isWanted) return acknowledge('Test events do not start this workflow.');
		event.test = true;
	} else if (!isChosen) {
		return acknowledge('This event type does not start this workflow.');
	}

	const tooOld = ageProblem(event, parameters.maxEventAgeMinutes);
	if (tooOld) return refuse(context, 400, tooOld);
	return { workflowData: [[{ json: event }]], webhookResponse: { received: true, started: true } };
}

function refuse(context: IWebhookFunctions, status: number, error: string): IWebhookResponseData {
	// Not Express's json(), which hashes each answer for an ETag: most of what a forged request costs here.
	context
		.getResponseObject()
		.status(status)
		.setHeader('Content-Type', 'application/json')
		.end(JSON.stringify({ error }));
	return { noWebhookResponse: true };
}

/** Answers 200 and starts nothing. */
function acknowledge(reason: string): IWebhookResponseData {
	return { webhookResponse: { received: true, started: false, reason } };
}

/**
 * No secret is known while the webhook is still being made, since n8n saves it only afterwards, and
 * when n8n has lost it. Nothing can be verified then, so nothing is started; a real event is to be
 * sent again.
 */
function answerWithoutSecret(
	context: IWebhookFunctions,
	{ events, customEvents }: TriggerParameters,
	signatures: readonly string[],
	body: Buffer | undefined,
): IWebhookResponseData {
	const reading = body && readEvent(context.getRequestObject(), body);
	if (reading && 'event' in reading) {
		const { test, type } = reading.event;
		// It would start nothing if it could be verified: the ping of the creation, whatever it is called.
		if (test || !isChosenEvent(type, events, customEvents)) {
			return acknowledge('The webhook is still being registered.');
		}
	}
	if (signatures.length === 0) return refuse(context, 401, 'The signature is missing.');
	context.getResponseObject().setHeader('Retry-After', '60');
	return refuse(context, 503, 'The signing secret is not known yet. Send the event again later.');
}

/** The bytes as they were received; undefined where n8n has consumed them (multipart) or they cannot be had. */
async function readRawBody(request: Request): Promise<Buffer | undefined> {
	const isMultipart =
		request.headers['content-type']?.toLowerCase().startsWith('multipart/') ?? false;
	if (!request.rawBody && !isMultipart) {
		try {
			await request.readRawBody();
		} catch {
			// Cut off, too large or falsely compressed: answered as unreadable.
			return undefined;
		}
	}
	return Buffer.isBuffer(request.rawBody) ? request.rawBody : undefined;
}

/** Reads what was verified, the raw bytes, and not what n8n made of them by their content type. */
function readEvent(request: Request, rawBody: Buffer): Reading {
	if (rawBody.length === 0) return { problem: 'The body is empty.' };
	let body: unknown;
	try {
		body = JSON.parse(rawBody.toString('utf8')) as unknown;
	} catch {
		return { problem: 'The body is not JSON.' };
	}
	if (!isObject(body)) return { problem: 'The body is not a JSON object.' };
	const event = normaliseEvent(body, {
		type: textOf(request.headers['x-avala-webhook-event']),
		deliveryId: textOf(request.headers['x-avala-webhook-delivery']),
	});
	return event
		? { event }
		: { problem: 'The event type is missing, in the body and in the headers.' };
}

function ageProblem(event: AvalaEvent, maxEventAgeMinutes: number): string | undefined {
	if (maxEventAgeMinutes <= 0) return undefined;
	const happenedAt = Date.parse(event.created_at ?? '');
	if (Number.isNaN(happenedAt)) return 'The event carries no time, so its age cannot be checked.';
	const isTooOld = Date.now() - happenedAt > maxEventAgeMinutes * 60_000;
	return isTooOld ? `The event is older than ${maxEventAgeMinutes} minutes.` : undefined;
}
