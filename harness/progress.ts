const INTERVAL_MS = 5000;

/** Takes a line on what is being done. */
export type Tell = (line: string) => void;

/** Tells every five seconds what is being done, and for how long, until it is done. */
export async function telling<T>(tell: Tell, describe: () => string, work: Promise<T>): Promise<T> {
	const startedAt = Date.now();
	const timer = setInterval(() => {
		tell(`${describe()}, ${Math.round((Date.now() - startedAt) / 1000)} s`);
	}, INTERVAL_MS);
	try {
		return await work;
	} finally {
		clearInterval(timer);
	}
}
