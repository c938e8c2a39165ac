import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';

import { isObject, textOf, textsIn } from '../shared/values';

/** The trigger's parameters, as its users set them. */
export interface TriggerParameters {
	events: string[];
	customEvents: string[];
	runOnTestEvents: boolean;
	/** Comma separated addresses and CIDR ranges; empty for no restriction. */
	ipAllowlist: string;
	/** 0 for no limit. */
	maxEventAgeMinutes: number;
}

export function readParameters(context: IHookFunctions | IWebhookFunctions): TriggerParameters {
	const chosen: unknown = context.getNodeParameter('events', []);
	const given: unknown = context.getNodeParameter('options', {});
	const options = isObject(given) ? given : {};
	return {
		events: textsIn(chosen),
		customEvents: textsIn(options.customEvents),
		runOnTestEvents: options.runOnTestEvents === true,
		ipAllowlist: textOf(options.ipAllowlist) ?? '',
		maxEventAgeMinutes: Number(options.maxEventAge) || 0,
	};
}
