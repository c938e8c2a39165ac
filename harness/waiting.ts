import pMap from 'p-map';
import pWaitFor from 'p-wait-for';

const POLL_MS = 100;
const LIMIT_MS = 30_000;

/**
 * Waits for something that happens in the background and is reported nowhere.
 *
 * @param options.limitMs 30 s by default
 * @param options.explain what to say when it has not happened by then
 * @throws when it has not happened by then, or when `isTrue` throws
 */
export async function untilTrue(
	isTrue: () => boolean | Promise<boolean>,
	options: { limitMs?: number; explain?: () => string } = {},
): Promise<void> {
	const { limitMs = LIMIT_MS, explain = () => `This was not true: ${isTrue.toString()}` } = options;
	const fallback = () => {
		throw new Error(`Waited ${limitMs / 1000} s. ${explain()}`);
	};
	await pWaitFor(isTrue, { interval: POLL_MS, timeout: { milliseconds: limitMs, fallback } });
}

/** Calls `work` with 0 … count-1, `width` calls at a time. */
export async function inParallel(
	count: number,
	width: number,
	work: (index: number) => Promise<void>,
): Promise<void> {
	await pMap(Array(count).keys(), work, { concurrency: width });
}
