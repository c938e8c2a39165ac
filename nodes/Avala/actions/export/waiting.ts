import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { NodeApiError, UserError } from 'n8n-workflow';

import { idOf, numberOf, readBoolean, readNumber } from '../../shared/values';
import type { Connection } from '../../transport/connection';
import type { Endpoint } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import { pause } from '../../transport/pauses';
import { given } from '../parameters';
import { exportState } from './state';

const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 15_000;
const GROWTH = 1.5;
/** Every read has this time, as any request; the last one may end so much after the wait. */
const READ_MS = 30_000;
const DEFAULT_MAX_WAIT_MINUTES = 10;
const MINUTE_MS = 60_000;

/** Options of the operations that can wait. */
export const waitOptions: INodeProperties[] = [
	{
		displayName: 'Max Wait (Minutes)',
		name: 'maxWait',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: DEFAULT_MAX_WAIT_MINUTES,
		description:
			"How long to wait with 'Wait Until Ready'. If the export takes longer, the operation ends with an error; Avala still finishes the export.",
	},
	{
		displayName: 'Wait Until Ready',
		name: 'waitUntilReady',
		type: 'boolean',
		default: false,
		description: 'Whether to wait until Avala has prepared the export',
		builderHint: {
			propertyHint:
				'An export takes from seconds to many minutes. Turn this on to go on in the same workflow; to start a workflow when any export is ready, use the Avala Trigger with export.completed.',
		},
	},
];

/** How long to wait in milliseconds; undefined for not at all. */
export function maxWaitIn(options: IDataObject): number | undefined {
	const maxWait = given(options, 'maxWait', (value) => readNumber('Max Wait (Minutes)', value, 0));
	const isWaiting = given(options, 'waitUntilReady', (value) =>
		readBoolean('Wait Until Ready', value),
	);
	return isWaiting === true ? (maxWait ?? DEFAULT_MAX_WAIT_MINUTES) * MINUTE_MS : undefined;
}

/**
 * Reads the export again and again, with growing pauses, until it is ready, and a last time when the
 * wait ends. A passing fault of Avala or of the network does not end it; the user's stop does at once.
 *
 * @param known the export as it was read last; without it, it is read at once
 * @throws UserError when it failed or is not ready in time, with its ID, its state and what to do
 */
export async function waitUntilReady(
	connection: Connection,
	endpoint: Endpoint,
	maxWaitMs: number,
	known?: IDataObject,
): Promise<IDataObject> {
	const end = Date.now() + maxWaitMs;
	let latest = known;
	let fault: NodeApiError | undefined;
	let pauseMs = FIRST_PAUSE_MS;
	for (let isFirst = true; ; isFirst = false) {
		if (!isFirst || latest === undefined) {
			const deadline = Math.max(end, Date.now() + READ_MS);
			const read = await readOrFault({ ...connection, deadline }, endpoint);
			fault = read instanceof NodeApiError ? read : undefined;
			if (!(read instanceof NodeApiError)) latest = read;
		}
		const state = latest && exportState(latest);
		if (latest && state === 'ready') return latest;
		if (latest && state === 'failed') throw failedError(endpoint, latest);
		const leftMs = end - Date.now();
		if (leftMs <= 0) throw tooLongError(endpoint, maxWaitMs, latest, fault);
		const askedMs = numberOf(fault?.context.retryAfterMs) ?? 0;
		await pause(Math.min(Math.max(askedMs, pauseMs), leftMs), connection.cancelled);
		pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
	}
}

/** @returns the error instead when it may pass by itself */
async function readOrFault(
	connection: Connection,
	endpoint: Endpoint,
): Promise<IDataObject | NodeApiError> {
	const reading = avalaEntry(connection, { method: 'GET', endpoint });
	return await reading.catch((error: unknown) => {
		connection.cancelled?.throwIfAborted();
		if (!(error instanceof NodeApiError) || !mayPass(error)) throw error;
		connection.context.logger.debug(
			`Avala: waiting for ${endpoint.subject} goes on after an error.`,
		);
		return error;
	});
}

function mayPass({ httpCode }: NodeApiError): boolean {
	const status = Number(httpCode ?? NaN);
	return Number.isNaN(status) || status === 429 || status >= 500;
}

/** "its state is running (Avala’s status: "processing")" */
export function statusWords(sent: IDataObject): string {
	const state = exportState(sent);
	const status = idOf(sent.status);
	return status === undefined || status === state
		? `its state is ${state}`
		: `its state is ${state} (Avala’s status: ${JSON.stringify(status.slice(0, 80))})`;
}

function failedError(endpoint: Endpoint, latest: IDataObject): UserError {
	return new UserError(
		`Avala could not prepare ${endpoint.subject}: ${statusWords(latest)}. It will not become ready. Create a new export; if that fails as well, ask Avala’s support about this one.`,
	);
}

function tooLongError(
	{ subject }: Endpoint,
	maxWaitMs: number,
	latest: IDataObject | undefined,
	fault: NodeApiError | undefined,
): UserError {
	const minutes = Math.round((maxWaitMs / MINUTE_MS) * 100) / 100;
	const capital = subject.charAt(0).toUpperCase() + subject.slice(1);
	return new UserError(
		[
			`${capital} was not ready within ${minutes === 1 ? '1 minute' : `${minutes} minutes`}${latest ? `: ${statusWords(latest)}` : ''}.`,
			...(fault ? [`The last attempt to read it failed: ${fault.message}`] : []),
			"It may still become ready: raise 'Max Wait (Minutes)', or look at it later with Export Get or Download by its ID.",
		].join(' '),
	);
}
