import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { NodeOperationError, UserError } from 'n8n-workflow';

import { readEventTypes } from '../shared/eventCatalogue';
import {
	idKey,
	isBlank,
	isNothing,
	isObject,
	messageOf,
	notUnderstood,
	readBoolean,
	readNumber,
	readTexts,
} from '../shared/values';
import { entriesOf, invalidEntry } from './ipAllowlist';

/** The trigger's parameters, checked. */
export interface TriggerParameters {
	/** With those in `customEvents` at least one. */
	events: string[];
	customEvents: string[];
	runOnTestEvents: boolean;
	/** Addresses and CIDR ranges; empty for no restriction. */
	ipAllowlist: string[];
	/** 0 for no limit. */
	maxEventAgeMinutes: number;
	/** The uids of projects; empty for all. */
	projects: string[];
}

/**
 * Reads what the user set. An expression may give any type; what is not understood is refused, so that
 * a restriction never disappears because its expression failed.
 *
 * @throws UserError or NodeOperationError that names the parameter
 */
export function readParameters(context: IHookFunctions | IWebhookFunctions): TriggerParameters {
	const events = evaluated(context, 'Trigger On', 'events');
	const options = evaluated(context, 'Options', 'options');
	if (!isObject(options)) throw notUnderstood('Options', 'the options of this node', options);
	const option = <T>(name: string, none: T, read: (value: unknown) => T): T =>
		name in options ? read(options[name]) : none;
	/** What an expression gives is never taken for a field that was left empty. */
	const restriction = (name: string, read: (value: unknown) => string[]): string[] =>
		option(name, [], (value) =>
			isBlank(value) && !isExpression(context, name) ? [] : read(value),
		);
	const typesIn = (label: string, value: unknown) =>
		isBlank(value) ? [] : readEventTypes(label, value);

	const selected = {
		events: typesIn('Trigger On', events),
		customEvents: option('customEvents', [], (value) => typesIn('Custom Event Types', value)),
	};
	if (selected.events.length + selected.customEvents.length === 0) {
		throw new UserError(
			"No event type is selected. Select at least one under 'Trigger On' in the Avala Trigger.",
		);
	}
	return {
		...selected,
		runOnTestEvents: option('runOnTestEvents', false, (value) =>
			readBoolean('Run on Test Events', value),
		),
		ipAllowlist: restriction('ipAllowlist', readAllowlist),
		maxEventAgeMinutes: option('maxEventAge', 0, (value) =>
			readNumber('Max Event Age (Minutes)', value, 0),
		),
		projects: restriction('projects', readProjects),
	};
}

/** @throws NodeOperationError that names the parameter, when n8n cannot evaluate its expression */
function evaluated(
	context: IHookFunctions | IWebhookFunctions,
	label: string,
	name: string,
): unknown {
	try {
		return context.getNodeParameter(name);
	} catch (error) {
		throw new NodeOperationError(
			context.getNode(),
			`'${label}' contains an expression that n8n could not evaluate: ${messageOf(error)}`,
		);
	}
}

/** Whether an option, or an entry of its list, is filled in by an expression, which n8n marks with an equals sign. */
function isExpression(context: IHookFunctions | IWebhookFunctions, name: string): boolean {
	const options: unknown = context.getNode().parameters.options;
	const values = [isObject(options) ? options[name] : undefined].flat(Infinity);
	return values.some((value) => typeof value === 'string' && value.startsWith('='));
}

/** @throws UserError for an entry that can be no ID, such as a list written as text: no event would ever name it */
function readProjects(value: unknown): string[] {
	const ids = readTexts('Project Names or IDs', value);
	if (!ids.some((id) => isNothing(id) || /[\s[\]{}'"]/.test(idKey(id)))) return ids;
	throw notUnderstood('Project Names or IDs', 'a list of project IDs', value);
}

/** @throws UserError for an entry that is neither an address nor a range, and for anything but texts */
function readAllowlist(value: unknown): string[] {
	const entries = readTexts('IP Allowlist', value).flatMap(entriesOf);
	const invalid = invalidEntry(entries);
	if (invalid === undefined) return entries;
	throw new UserError(
		`'IP Allowlist' contains ${JSON.stringify(invalid.slice(0, 80))}, which is neither an IP address nor a CIDR range such as 192.0.2.0/24. Correct or remove it.`,
	);
}
