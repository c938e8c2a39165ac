import type { IHookFunctions, IPollFunctions, IWebhookFunctions } from 'n8n-workflow';
import { NodeOperationError, UserError } from 'n8n-workflow';

import { expandEvents, readEventTypes } from '../shared/eventCatalogue';
import type { WantedTypes } from '../shared/webhook';
import {
	idKey,
	isBlank,
	isExpression,
	isNothing,
	isObject,
	messageOf,
	notUnderstood,
	readBoolean,
	readNumber,
	readText,
	readTexts,
	shown,
} from '../shared/values';
import { invalidEntry } from './ipAllowlist';

type TriggerContext = IHookFunctions | IWebhookFunctions | IPollFunctions;

/** Which events start the workflow. */
export interface EventSelection {
	/** With those in `customEvents` at least one. */
	events: string[];
	customEvents: string[];
	/** The uids of projects; empty for all. */
	projects: string[];
}

/** The Avala Trigger's parameters, checked. */
export interface TriggerParameters extends EventSelection {
	runOnTestEvents: boolean;
	/** Addresses and CIDR ranges; empty for no restriction. */
	ipAllowlist: string[];
	/** 0 for no limit. */
	maxEventAgeMinutes: number;
}

/** The parameters of the Avala Missed Events Trigger, checked. */
export interface PollParameters extends EventSelection {
	/** The target URL of the watched webhook; undefined for all webhooks of the account. */
	webhookUrl?: string;
	/** Hours before the first activation. */
	lookBackHours: number;
}

/**
 * Reads what the user set. An expression may give any type; what is not understood is refused, so that
 * a restriction never disappears because its expression failed.
 *
 * @throws UserError or NodeOperationError that names the parameter
 */
export function readParameters(context: IHookFunctions | IWebhookFunctions): TriggerParameters {
	const options = readOptions(context);
	return {
		...readSelection(context, options),
		runOnTestEvents: options.given('runOnTestEvents', false, (value) =>
			readBoolean('Run on Test Events', value),
		),
		ipAllowlist: options.restriction('ipAllowlist', readAllowlist),
		maxEventAgeMinutes: options.given('maxEventAge', 0, (value) =>
			readNumber('Max Event Age (Minutes)', value, 0),
		),
	};
}

/**
 * The event types that the webhook at Avala needs.
 *
 * @throws UserError when the node's parameters or n8n's own URL cannot work
 */
export function wantedTypes(context: IHookFunctions, targetUrl: string): WantedTypes {
	if (!isHttps(targetUrl)) {
		throw new UserError(`n8n’s webhook URL is ${targetUrl}, which is not https.`, {
			description:
				'Avala delivers events to https addresses only. Set the environment variable WEBHOOK_URL to the public https address of n8n, restart n8n and publish the workflow again.',
		});
	}
	const { webhookId, name } = context.getNode();
	if (!webhookId && encodeURIComponent(name) !== name) {
		throw new UserError(`n8n has given the node "${name}" no webhook ID.`, {
			description:
				'With such a name n8n would respond to every event with 404. Open the workflow in the editor, save it, and publish it again.',
		});
	}
	const { events, customEvents } = readParameters(context);
	return expandEvents(events, customEvents);
}

export function isHttps(url: string): boolean {
	return new URL(url).protocol === 'https:';
}

/** @throws UserError or NodeOperationError that names the parameter */
export function readPollParameters(context: IPollFunctions): PollParameters {
	const options = readOptions(context);
	return {
		...readSelection(context, options),
		webhookUrl: readWebhookUrl(context),
		lookBackHours: options.given('lookBack', 0, (value) =>
			readNumber('Look Back (Hours)', value, 0),
		),
	};
}

function readWebhookUrl(context: IPollFunctions): string | undefined {
	const value = evaluated(context, 'Webhook URL', 'webhookUrl');
	// What an expression gives is never taken for all webhooks.
	if (value === '' && !isExpression(context.getNode().parameters.webhookUrl)) return undefined;
	const url = readText('Webhook URL', value);
	if (!/^https:\/\//i.test(url) || !URL.canParse(url)) {
		throw notUnderstood('Webhook URL', 'the production URL of an Avala Trigger', value);
	}
	if (!new URL(url).pathname.includes('/webhook-test/')) return url;
	throw new UserError(`'Webhook URL' is a test URL: ${shown(url)}.`, {
		description: 'Copy the production URL from the Avala Trigger instead.',
	});
}

/** @throws UserError or NodeOperationError that names the parameter, also when no event type is selected */
function readSelection(context: TriggerContext, options: Options): EventSelection {
	const typesIn = (label: string, value: unknown) =>
		isBlank(value) ? [] : readEventTypes(label, value);
	const events = typesIn('Trigger On', evaluated(context, 'Trigger On', 'events'));
	const customEvents = options.given('customEvents', [], (value) =>
		typesIn('Custom Event Types', value),
	);
	if (events.length + customEvents.length === 0) {
		throw new UserError('No event type is selected.', {
			description: `Select at least one under 'Trigger On' in the ${context.getNode().name}.`,
		});
	}
	return { events, customEvents, projects: options.restriction('projects', readProjects) };
}

type Options = ReturnType<typeof readOptions>;

/** The options that were added to the node. */
function readOptions(context: TriggerContext) {
	const options = evaluated(context, 'Options', 'options');
	if (!isObject(options)) throw notUnderstood('Options', 'the options of this node', options);
	const entered: unknown = context.getNode().parameters.options;
	const given = <T>(name: string, none: T, read: (value: unknown) => T): T =>
		name in options ? read(options[name]) : none;
	/** A list in which nothing is no restriction; what an expression gives is never taken for a field left empty. */
	const restriction = (name: string, read: (value: unknown) => string[]): string[] =>
		given(name, [], (value) => {
			const isLeft = isBlank(value) && !isExpression(isObject(entered) ? entered[name] : '');
			return isLeft ? [] : read(value);
		});
	return { given, restriction };
}

/** @throws NodeOperationError that names the parameter, when n8n cannot evaluate its expression */
function evaluated(context: TriggerContext, label: string, name: string): unknown {
	try {
		return context.getNodeParameter(name) as unknown;
	} catch (error) {
		throw new NodeOperationError(
			context.getNode(),
			`'${label}' contains an expression that n8n could not evaluate: ${messageOf(error)}`,
		);
	}
}

/** @throws UserError for an entry that can be no ID, such as a list written as text: no event would ever name it */
function readProjects(value: unknown): string[] {
	const ids = readTexts('Project Names or IDs', value);
	if (!ids.some((id) => isNothing(id) || /[\s[\]{}'"]/.test(idKey(id)))) return ids;
	throw notUnderstood('Project Names or IDs', 'a list of project IDs', value);
}

/** @throws UserError for an entry that is neither an address nor a range, and for anything but texts */
function readAllowlist(value: unknown): string[] {
	const entries = readTexts('IP Allowlist', value);
	const invalid = invalidEntry(entries);
	if (invalid === undefined) return entries;
	throw new UserError(`'IP Allowlist' contains ${shown(invalid)}, which is no IP address.`, {
		description: 'Nor is it a CIDR range, such as 192.0.2.0/24. Correct or remove it.',
	});
}
