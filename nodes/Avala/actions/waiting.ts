import type { IDataObject } from 'n8n-workflow';
import { NodeApiError, UserError } from 'n8n-workflow';

import { idOf, messageOf, numberOf, readNumber } from '../shared/values';
import type { Connection } from '../transport/connection';
import { log } from '../transport/connection';
import type { Collection, Endpoint } from '../transport/paths';
import { one } from '../transport/paths';
import { quote } from '../transport/quote';
import { avalaEntry, isPassing } from '../transport/request';
import { pause } from '../transport/retries';
import { booleanField, numberField } from './fields';
import type { ItemRun } from './operation';

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;
const GROWTH = 1.5;
/** Every read has this time, as any request; the last one may end so much after the wait. */
const READ_MS = 30_000;
/** For so long Avala may not know yet what was created a moment ago. */
const UNKNOWN_MS = 15_000;
const DEFAULT_MAX_WAIT_MINUTES = 10;
const MINUTE_MS = 60_000;

/** How something that Avala prepares stands. */
export type State = 'running' | 'ready' | 'failed';

/** What is waited for. */
export interface Awaited {
	/** `the export` */
	what: string;
	/** `ready`, `done` */
	end: string;
	/** For models that build workflows: when to wait. */
	hint: string;
	stateOf: (entry: IDataObject) => State;
	/** What to do when it has failed. */
	advice: string;
}

const FAILED: readonly string[] = ['failed', 'cancelled', 'canceled'];

/** Whether a status means that nothing more will come; every unknown one means that it goes on. */
export function hasFailed({ status }: IDataObject): boolean {
	return typeof status === 'string' && FAILED.includes(status.trim().toLowerCase());
}

/** The options of an operation that can wait: a switch, and a limit whose presence alone has it wait. */
export function waitFields({ what, end, hint }: Awaited) {
	const description = `How long to wait. If ${what} takes longer, the operation ends with an error; Avala still finishes it.`;
	const texts = { default: DEFAULT_MAX_WAIT_MINUTES, description };
	return {
		maxWait: {
			...numberField('Max Wait (Minutes)', undefined, { least: 1 }, texts),
			read: (value: unknown) => readNumber('Max Wait (Minutes)', value, 0),
		},
		wait: booleanField(`Wait Until ${capital(end)}`, undefined, {
			description: `Whether to wait until Avala has finished ${what}`,
			hint,
		}),
	};
}

/** How long to wait in milliseconds; undefined for not at all. */
export function maxWaitMs(
	maxWait: number | undefined,
	wait: boolean | undefined,
): number | undefined {
	const isWaiting = wait ?? maxWait !== undefined;
	return isWaiting ? (maxWait ?? DEFAULT_MAX_WAIT_MINUTES) * MINUTE_MS : undefined;
}

/**
 * Reads a thing again and again, with growing pauses, until it is ready, and a last time when the wait
 * ends. A passing fault of Avala or of the network does not end it, nor does a 404 in the first seconds;
 * the user's stop does at once.
 *
 * @param known the thing as it was read last; without it, it is read at once
 * @throws UserError when it failed or is not ready in time, with its ID, its state and what to do
 */
export async function waitFor(
	connection: Connection,
	endpoint: Endpoint,
	awaited: Awaited,
	limitMs: number,
	known?: IDataObject,
): Promise<IDataObject> {
	const startedAt = Date.now();
	const end = startedAt + limitMs;
	let latest = known;
	let fault: NodeApiError | undefined;
	let pauseMs = FIRST_PAUSE_MS;
	for (let isFirst = true; ; isFirst = false) {
		if (!isFirst || latest === undefined) {
			const deadline = Math.max(end, Date.now() + READ_MS);
			const isNew = Date.now() - startedAt < UNKNOWN_MS;
			const read = await readOrFault({ ...connection, deadline }, endpoint, isNew);
			fault = read instanceof NodeApiError ? read : undefined;
			if (!(read instanceof NodeApiError)) latest = read;
		}
		const state = latest && awaited.stateOf(latest);
		if (latest && state === 'ready') return latest;
		if (latest && state === 'failed') {
			throw new UserError(`${capital(endpoint.subject)} will not become ${awaited.end}.`, {
				description: `In Avala ${stateWords(connection, awaited, latest)}. ${awaited.advice}`,
			});
		}
		const leftMs = end - Date.now();
		if (leftMs <= 0) throw tooLongError(connection, endpoint, awaited, { limitMs, latest, fault });
		const askedMs = numberOf(fault?.context.retryAfterMs) ?? 0;
		await pause(Math.min(Math.max(askedMs, pauseMs), leftMs), connection.cancelled);
		pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
	}
}

/** What was created a moment ago, once it is ready if there is a limit to wait for that. */
export async function waitIfWanted(
	{ connection }: ItemRun,
	collection: Collection,
	awaited: Awaited,
	limitMs: number | undefined,
	created: IDataObject,
): Promise<IDataObject> {
	if (limitMs === undefined) return created;
	const endpoint = one(collection, idOf(created.uid) ?? '');
	return await waitFor(connection, endpoint, awaited, limitMs, created);
}

/** @returns the error instead when it may pass by itself */
async function readOrFault(
	connection: Connection,
	endpoint: Endpoint,
	isNew: boolean,
): Promise<IDataObject | NodeApiError> {
	const reading = avalaEntry(connection, { method: 'GET', endpoint });
	return await reading.catch((error: unknown) => {
		connection.cancelled?.throwIfAborted();
		if (!isPassing(error, isNew ? [404] : [])) throw error;
		log(connection, 'debug', `Avala: waiting for ${endpoint.subject} goes on after an error.`);
		return error;
	});
}

/** "its state is running (Avala’s status: "processing")", with Avala's reason where it gives one. */
export function stateWords(
	{ secrets }: Connection,
	{ stateOf }: Pick<Awaited, 'stateOf'>,
	entry: IDataObject,
): string {
	const state = stateOf(entry);
	const status = quote(entry.status, secrets).slice(0, 80);
	const reason = quote(entry.error_message, secrets).replace(/\.$/, '');
	const said = status === '' || status === state ? '' : ` (Avala’s status: "${status}")`;
	return `its state is ${state}${said}${reason === '' ? '' : `: ${reason}`}`;
}

function tooLongError(
	connection: Connection,
	{ subject }: Endpoint,
	awaited: Awaited,
	now: { limitMs: number; latest?: IDataObject; fault?: NodeApiError },
): UserError {
	const minutes = Math.round((now.limitMs / MINUTE_MS) * 100) / 100;
	const within = minutes === 1 ? '1 minute' : `${minutes} minutes`;
	return new UserError(`${capital(subject)} was not ${awaited.end} within ${within}.`, {
		description: [
			...(now.latest ? [`In Avala ${stateWords(connection, awaited, now.latest)}.`] : []),
			...(now.fault ? [`The last attempt to read it failed: ${messageOf(now.fault)}`] : []),
			`It may still become ${awaited.end}: raise 'Max Wait (Minutes)', or look at it later by its ID.`,
		].join(' '),
	});
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
