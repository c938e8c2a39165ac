import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 100;
const LIMIT_MS = 30_000;

/**
 * Waits for something that n8n does in the background and reports nowhere.
 *
 * @throws when it has not happened within 30 s
 */
export async function untilTrue(isTrue: () => boolean | Promise<boolean>): Promise<void> {
	for (const limit = Date.now() + LIMIT_MS; Date.now() < limit; await wait(POLL_MS)) {
		if (await isTrue()) return;
	}
	throw new Error(`${isTrue.toString()} was not true within ${LIMIT_MS / 1000} s.`);
}

/** Calls `work` with 0 … count-1, `width` calls at a time. */
export async function inParallel(
	count: number,
	width: number,
	work: (index: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	const worker = async () => {
		while (next < count) await work(next++);
	};
	await Promise.all(Array.from({ length: width }, worker));
}
