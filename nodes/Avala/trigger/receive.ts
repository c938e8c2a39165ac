import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

import type { AvalaEvent, EventReading } from '../shared/event';
import { isTestType } from '../shared/event';
import { isChosenEvent } from '../shared/eventCatalogue';
import { projectsOf } from '../shared/eventIds';
import { momentIn } from '../shared/moments';
import { messageOf } from '../shared/values';
import { isAllowed } from './ipAllowlist';
import type { TriggerParameters } from './parameters';
import { readParameters } from './parameters';
import { concernsOtherProject } from './projects';
import { readRegistration } from './stored';
import { readBody, readRawBody, signaturesOf, verify } from './verify';
import { warnOnce } from './warnings';

/** For what has to get a 2xx: the ping of a creation, and an envelope of a type that is no text. */
const NO_EVENT = 'This is not an event that starts the workflow.';

/**
 * Responds to one request to the webhook URL: request, verify, normalize, emit. Only an event whose
 * signature is valid starts the workflow. Every request gets a response: n8n would turn an error into
 * a 500 and a failed execution, also for a request that anyone sent.
 */
export async function receiveEvent(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		return await respond(context);
	} catch (error) {
		const isUnsigned = signaturesOf(context.getHeaderData()).length === 0;
		warnOnce(context, `Events cannot be accepted: ${messageOf(error)}`);
		return isUnsigned
			? refuse(context, 401, 'The signature is missing.')
			: later(context, 'n8n cannot check this event at the moment. The log of n8n says why.');
	}
}

async function respond(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = context.getRequestObject();
	const parameters = readParameters(context);
	if (!isAllowed(request.ip, parameters.ipAllowlist)) {
		return refuse(context, 403, 'This address is not on the IP allowlist of the Avala Trigger.');
	}

	const signatures = signaturesOf(request.headers);
	const registration = readRegistration(context);
	const isRegistered = registration.webhookId !== undefined;
	if (signatures.length === 0 && isRegistered) {
		return refuse(context, 401, 'The signature is missing.');
	}
	const body = await readRawBody(request);
	if (!body) {
		return refuse(context, 400, 'The body could not be read, so its signature cannot be checked.');
	}
	const verdict = await verify(context, body, signatures, registration);
	if (verdict !== 'valid' && !isRegistered) {
		return respondWhileRegistering(context, parameters, signatures, body);
	}
	if (verdict === 'unknown') {
		return later(
			context,
			'The signing secret cannot be read at the moment. The log of n8n says why.',
		);
	}
	if (verdict !== 'valid') {
		return refuse(
			context,
			401,
			verdict === 'invalid'
				? 'The signature does not belong to this body and this webhook.'
				: 'The webhook was created with another secret than the Avala credential contains now. Unpublish the workflow and publish it again.',
		);
	}

	const reading = readBody(request, body);
	if ('problem' in reading) {
		const isRefused = isRegistered && !reading.isEnvelope;
		return isRefused ? refuse(context, 400, reading.problem) : acknowledge(NO_EVENT);
	}
	return emit(context, reading, parameters, isRegistered);
}

/** Starts the workflow with a verified event if it is one of those that the user wants. */
function emit(
	context: IWebhookFunctions,
	{ event, isMarkedAsTest, hasOwnTime }: EventReading,
	parameters: TriggerParameters,
	isRegistered: boolean,
): IWebhookResponseData {
	const { events, customEvents, projects, runOnTestEvents, maxEventAgeMinutes } = parameters;
	const isInEditor = context.getMode() === 'manual';
	const isSelected = isChosenEvent(event.type, events, customEvents);
	// The listener of the editor's test mode gets no other types from Avala but those of a test.
	const isTest = isMarkedAsTest || (!isSelected && (isInEditor || isTestType(event.type)));
	if (isTest) {
		if (!isInEditor && !runOnTestEvents)
			return acknowledge('Test events do not start this workflow.');
		// Until its ID is stored the webhook is still being created: what comes now is the ping of its creation.
		if (!isRegistered) return acknowledge(NO_EVENT);
	} else if (!isSelected) {
		return acknowledge('This event type does not start this workflow.');
	}
	if (!isTest && concernsOtherProject(event, projects)) {
		const named = projectsOf(event.type, event.data).join(', ');
		context.logger.debug(
			`Avala Trigger: event ${event.id} (${event.type}) of project ${named} starts nothing, since that project is not selected.`,
		);
		return acknowledge('Events of this project do not start this workflow.');
	}

	const tooOld = hasOwnTime ? ageProblem(event, maxEventAgeMinutes) : undefined;
	if (tooOld) return refuse(context, 400, tooOld);
	return {
		workflowData: [[{ json: isTest ? { ...event, test: true } : event }]],
		webhookResponse: { received: true, started: true },
	};
}

function refuse(context: IWebhookFunctions, status: number, error: string): IWebhookResponseData {
	context.logger.debug(`Avala Trigger: refused a request with ${status}. ${error}`);
	// Not Express's json(), which hashes each response for an ETag: most of what a forged request costs here.
	context
		.getResponseObject()
		.status(status)
		.setHeader('Content-Type', 'application/json')
		.end(JSON.stringify({ error }));
	return { noWebhookResponse: true };
}

/** Has Avala send the event again. */
function later(context: IWebhookFunctions, error: string): IWebhookResponseData {
	context.getResponseObject().setHeader('Retry-After', '60');
	return refuse(context, 503, error);
}

/** Responds 200 and starts nothing. */
function acknowledge(reason: string): IWebhookResponseData {
	return { webhookResponse: { received: true, started: false, reason } };
}

/**
 * While the webhook is being created, n8n has not yet stored what Avala may have chosen as its secret.
 * What cannot be verified starts nothing; a real event is to be sent again.
 */
function respondWhileRegistering(
	context: IWebhookFunctions,
	{ events, customEvents }: TriggerParameters,
	signatures: readonly string[],
	body: Buffer,
): IWebhookResponseData {
	const reading = readBody(context.getRequestObject(), body);
	const isUnsigned = signatures.length === 0;
	const isPing =
		'event' in reading
			? reading.isMarkedAsTest || !isChosenEvent(reading.event.type, events, customEvents)
			: !isUnsigned || body.length === 0;
	// It would start nothing if it could be verified: the ping of the creation, whatever it is called.
	if (isPing) return acknowledge(NO_EVENT);
	if (isUnsigned) return refuse(context, 401, 'The signature is missing.');
	return later(context, 'The webhook is still being registered. Send the event again later.');
}

function ageProblem({ created_at }: AvalaEvent, maxEventAgeMinutes: number): string | undefined {
	if (maxEventAgeMinutes <= 0) return undefined;
	const happenedAt = momentIn(created_at);
	if (happenedAt === undefined) {
		return 'The event carries no time that can be read, so its age cannot be checked.';
	}
	const isTooOld = Date.now() - happenedAt > maxEventAgeMinutes * 60_000;
	return isTooOld ? `The event is older than ${maxEventAgeMinutes} minutes.` : undefined;
}
