import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { recover } from '../actions/delivery/recover';
import { isChosenEvent } from '../shared/eventCatalogue';
import { wholeError } from '../shared/nodeError';
import { isSameUrl } from '../shared/webhook';
import type { Connection } from '../transport/connection';
import { connect, withLimit } from '../transport/connection';
import { Backlog } from './backlog';
import { reportFault } from './faults';
import { give, isElsewhere } from './give';
import type { Memory } from './memory';
import { memoryOf } from './memory';
import type { PollParameters } from './parameters';
import { readParameters } from './parameters';
import type { PollState } from './state';
import { readState, writeState } from './state';
import { reactivate, watchedWebhook } from './watched';

/** n8n 2.8 starts one workflow after the other, and waits for the first poll of each. */
const FIRST_POLL_MS = 15_000;
/** With the rest of a poll less than the 45 seconds that n8n 2.41's scheduler allows. */
const POLL_MS = 30_000;
/** Of the 100 requests that Avala allows in a minute. */
const MAX_PAGES = 40;
/** Deliveries of one event to several webhooks are created within this time. */
const SAME_EVENT_MS = 5 * 60_000;
const MAX_WEBHOOKS = 10;
const SECOND_MS = 1_000;
const HOUR_MS = 60 * 60_000;
/** Of the recent deliveries, when a user fetches a test event. */
const MANUAL_PAGES = 5;

/**
 * Gives the events that Avala has given up on since the last poll, the oldest first and each once, and
 * activates the watched webhook again.
 *
 * @returns null for nothing, as n8n wants it, also while the last poll still runs
 * @throws NodeApiError or NodeOperationError for what only a person can mend; see `reportFault`
 */
export async function poll(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	if (context.getMode() === 'manual') return await newestMissed(context);
	const memory = memoryOf(context);
	if (memory.isPolling) return null;
	memory.isPolling = true;
	const isFirstPoll = memory.activation !== context;
	memory.activation = context;
	try {
		const limitMs = isFirstPoll ? FIRST_POLL_MS : POLL_MS;
		const items = await nextEvents(context, memory, limitMs);
		memory.hasFault = false;
		return items.length === 0 ? null : [items.map((json) => ({ json }))];
	} catch (error) {
		reportFault(context, memory, error, isFirstPoll);
		return null;
	} finally {
		memory.isPolling = false;
	}
}

async function nextEvents(
	context: IPollFunctions,
	memory: Memory,
	limitMs: number,
): Promise<IDataObject[]> {
	const parameters = readParameters(context);
	let state = readState(context) ?? firstState(memory, parameters);
	// Before the first request: what is missed while that fails is not from before.
	writeState(context, state);
	const connection = withLimit(await connect(context), limitMs);
	if (parameters.webhookUrl !== undefined) {
		state = await withWatched(connection, memory, state, parameters.webhookUrl);
		writeState(context, state);
		if (state.webhookIds.length === 0) return [];
	}

	const backlog = backlogFor(memory, parameters, state);
	if (backlog.missed === undefined) await backlog.read(connection, MAX_PAGES);
	// There is more to be read: the next poll goes on.
	if (backlog.missed === undefined) return [];
	const { items, given } = await give(connection, backlog.missed, state, parameters.projects);
	const oldest = backlog.missed[0]?.time ?? Infinity;
	const since = Math.max(state.since, Math.min(backlog.settledUntil, oldest));
	const kept = [...given].filter(([, time]) => time >= since - SAME_EVENT_MS);
	state = { ...state, since, given: new Map(kept) };
	writeState(context, state);
	if (backlog.missed.length === 0) delete memory.backlog;
	else memory.backlogOf = purposeOf(parameters, state);
	return items;
}

/** Nothing from before counts, unless Look Back says so; Avala may tell whole seconds. */
function firstState(memory: Memory, { lookBackHours, webhookUrl }: PollParameters): PollState {
	memory.firstPollAt ??= Math.floor(Date.now() / SECOND_MS) * SECOND_MS;
	const since = memory.firstPollAt - lookBackHours * HOUR_MS;
	return { since, given: new Map(), webhookUrl, webhookIds: [] };
}

/** Finds the watched webhook, and activates it if need be. Those that had its URL before still count. */
async function withWatched(
	connection: Connection,
	memory: Memory,
	state: PollState,
	webhookUrl: string,
): Promise<PollState> {
	const isSame = state.webhookUrl !== undefined && isSameUrl(state.webhookUrl, webhookUrl);
	const known = isSame ? state.webhookIds : [];
	const webhook = await watchedWebhook(connection, webhookUrl, known.at(-1));
	if (!webhook) return { ...state, webhookUrl, webhookIds: known };
	if (!webhook.isActive && Date.now() - memory.forbiddenAt >= HOUR_MS) {
		if (!(await reactivate(connection, webhook))) memory.forbiddenAt = Date.now();
	}
	const others = known.filter((id) => id !== webhook.uid);
	return { ...state, webhookUrl, webhookIds: [...others, webhook.uid].slice(-MAX_WEBHOOKS) };
}

/** What an earlier poll has begun, if it is still what is wanted. */
function backlogFor(memory: Memory, parameters: PollParameters, state: PollState): Backlog {
	const purpose = purposeOf(parameters, state);
	if (memory.backlog && memory.backlogOf === purpose) return memory.backlog;
	const backlog = new Backlog(state.since, watchedIds(parameters, state), isWantedBy(parameters));
	Object.assign(memory, { backlog, backlogOf: purpose });
	return backlog;
}

function purposeOf(parameters: PollParameters, { since, webhookIds }: PollState): string {
	return JSON.stringify([parameters, since, webhookIds]);
}

function watchedIds(
	{ webhookUrl }: PollParameters,
	{ webhookIds }: PollState,
): string[] | undefined {
	return webhookUrl === undefined ? undefined : webhookIds;
}

function isWantedBy({ events, customEvents }: PollParameters): (type: string) => boolean {
	return (type) => isChosenEvent(type, events, customEvents);
}

/** "Fetch Test Event": the newest missed event of the recent deliveries; nothing is stored or changed. */
async function newestMissed(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		const parameters = readParameters(context);
		const connection = withLimit(await connect(context), POLL_MS);
		const { webhookUrl, projects } = parameters;
		const webhook =
			webhookUrl === undefined
				? undefined
				: await watchedWebhook(connection, webhookUrl, undefined);
		if (webhookUrl !== undefined && !webhook) return null;
		const backlog = new Backlog(0, webhook && [webhook.uid], isWantedBy(parameters));
		await backlog.read(connection, MANUAL_PAGES);
		for (const one of backlog.newestFirst()) {
			const item = await recover(connection, one);
			if (!isElsewhere(item, projects)) return [[{ json: item }]];
		}
		return null;
	} catch (error) {
		throw wholeError(context.getNode(), error);
	}
}
