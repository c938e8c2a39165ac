import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';

import { SAME_EVENT_MS } from '../actions/delivery/missed';
import { recover } from '../actions/delivery/recover';
import { wholeError } from '../transport/errors';
import type { Connection } from '../transport/connection';
import { connect, withLimit } from '../transport/connection';
import type { PollParameters } from '../trigger/parameters';
import { readPollParameters } from '../trigger/parameters';
import { concernsOtherProject } from '../trigger/projects';
import { isStartOfN8n } from '../trigger/stored';
import { Backlog, fromNewest, MARGIN_MS } from './backlog';
import { isOutOfReach, mayPass, noteOutOfReach, reportFault } from './faults';
import { give, isUnreadable } from './give';
import type { Memory, PollState } from './state';
import { memoryOf, readState, writeState } from './state';
import { watchedWebhook, withWatched } from './watched';

/** n8n 2.8 starts one workflow after the other, and waits for the first poll of each. */
const FIRST_POLL_MS = 15_000;
/** With the rest of a poll less than the 45 seconds that n8n 2.41's scheduler allows. */
const POLL_MS = 30_000;
/** Of the 100 requests that Avala allows in a minute. */
const MAX_PAGES = 40;
/** Of the recent deliveries, for a test event. */
const MAX_TEST_PAGES = 5;
const SECOND_MS = 1_000;
const HOUR_MS = 60 * 60_000;

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
	const isFirstPoll = memory.activation !== context;
	memory.activation = context;
	if (isFirstPoll) delete memory.inactive;
	if (memory.isPolling) return null;
	memory.isPolling = true;
	try {
		const items = await nextEvents(context, memory, isFirstPoll);
		memory.hasFault = false;
		return items.length === 0 ? null : [items.map((json) => ({ json }))];
	} catch (error) {
		reportFault(context, memory, error, isFirstPoll);
		return null;
	} finally {
		memory.isPolling = false;
	}
}

/**
 * "Fetch Test Event": the newest missed event of the recent deliveries; nothing is stored or changed.
 *
 * @returns null when there is none
 * @throws NodeApiError or NodeOperationError, which n8n shows
 */
async function newestMissed(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		const parameters = readPollParameters(context);
		const { webhookUrl, projects } = parameters;
		const connection = withLimit(await connect(context), POLL_MS);
		let webhookIds: string[] | undefined;
		if (webhookUrl !== undefined) {
			const webhook = await watchedWebhook(connection, webhookUrl);
			if (!webhook) return null;
			webhookIds = [webhook.uid];
		}
		const backlog = new Backlog(0, webhookIds, parameters);
		await backlog.read(connection, MAX_TEST_PAGES);
		for (const one of backlog.newestFirst()) {
			const item = await recover(connection, one);
			if (!concernsOtherProject(item, projects)) return [[{ json: item }]];
		}
		return null;
	} catch (error) {
		throw wholeError(context.getNode(), error);
	}
}

async function nextEvents(
	context: IPollFunctions,
	memory: Memory,
	isFirstPoll: boolean,
): Promise<IDataObject[]> {
	const parameters = readPollParameters(context);
	if (isFirstPoll && context.getActivationMode() === 'activate') delete memory.firstState;
	const earlier = readState(context) ?? memory.firstState;
	let state = earlier ?? firstState(parameters);
	// Before the first request: what is missed while that fails is not from before.
	memory.firstState ??= state;
	writeState(context, state);

	const connection = withLimit(await connect(context), isFirstPoll ? FIRST_POLL_MS : POLL_MS);
	const isStart = isFirstPoll && isStartOfN8n(context);
	if (isStart && isOutOfReach(connection)) return [];
	const reading = async () => {
		if (!earlier && parameters.lookBackHours === 0) {
			state = await fromNewest(connection, state);
			memory.firstState = state;
			writeState(context, state);
		}
		return await readOn(context, memory, connection, parameters, state);
	};
	return await reading().catch((error: unknown) => {
		if (isStart && mayPass(error)) noteOutOfReach(connection);
		throw error;
	});
}

/** Reads on from a state, and writes the one that it has come to. */
async function readOn(
	context: IPollFunctions,
	memory: Memory,
	connection: Connection,
	parameters: PollParameters,
	before: PollState,
): Promise<IDataObject[]> {
	const { webhookUrl, projects } = parameters;
	const state =
		webhookUrl === undefined ? before : await withWatched(connection, memory, before, webhookUrl);
	const webhookIds = webhookUrl === undefined ? undefined : state.webhookIds;
	const purposeOf = ({ since }: PollState) => JSON.stringify([parameters, since, webhookIds]);
	if (!memory.backlog || memory.backlogOf !== purposeOf(state)) {
		memory.backlog = new Backlog(state.since, webhookIds, parameters);
		memory.backlogOf = purposeOf(state);
	}
	const { backlog } = memory;
	if (webhookIds?.length !== 0 && !backlog.missed) await backlog.read(connection, MAX_PAGES);
	const { missed } = backlog;
	const giving = await give(connection, missed ?? [], state.given, projects, memory.unreadable);
	// The workflow was published again meanwhile, with a state that does not know of what was given here.
	if (memory.activation !== context) return [];
	// There is more to be read: the next poll goes on.
	if (missed === undefined) {
		writeState(context, state);
		return [];
	}
	const left = missed.filter((one) => !giving.done.has(one));
	const oldestLeft = left[0]?.time ?? Infinity;
	const since = Math.max(state.since, Math.min(settledUntil(memory, backlog), oldestLeft));
	const kept = [...giving.given].filter(([, time]) => time >= since - SAME_EVENT_MS);
	const after = { ...state, since, given: new Map(kept) };
	writeState(context, after);
	backlog.missed = left;
	memory.backlogOf = purposeOf(after);
	if (left.every((one) => isUnreadable(one, memory.unreadable))) delete memory.backlog;
	return giving.items;
}

/** Everything before it is settled once all that was missed is given. */
function settledUntil(memory: Memory, { newest, oldestUndecided, now }: Backlog): number {
	if (memory.newest?.time !== newest) memory.newest = { time: newest, seenAt: now };
	// A list to which nothing was added for that long is settled to its end.
	const isQuiet = newest <= now && now - memory.newest.seenAt >= MARGIN_MS;
	const end = isQuiet ? newest : Math.min(newest, now) - MARGIN_MS;
	return Math.min(end, oldestUndecided);
}

/** Nothing from before counts, unless Look Back says so; Avala may tell whole seconds. */
function firstState({ lookBackHours, webhookUrl }: PollParameters): PollState {
	const now = Math.floor(Date.now() / SECOND_MS) * SECOND_MS;
	const since = now - lookBackHours * HOUR_MS;
	return { since, given: new Map(), webhookUrl, webhookIds: [] };
}
