interface Lane {
	running: number;
	waiting: Array<() => void>;
}

/** Runs at most `width` tasks of one key at once, and starts the others in the order they came in. Keys never wait for each other. */
export class Lanes {
	private readonly lanes = new Map<string, Lane>();

	constructor(private readonly width: number) {}

	async run<T>(key: string, task: () => Promise<T>): Promise<T> {
		const lane = this.lanes.get(key) ?? { running: 0, waiting: [] };
		this.lanes.set(key, lane);
		if (lane.running < this.width) lane.running += 1;
		else await new Promise<void>((resolve) => lane.waiting.push(resolve));
		try {
			return await task();
		} finally {
			const next = lane.waiting.shift();
			if (next) next();
			else lane.running -= 1;
			if (lane.running === 0) this.lanes.delete(key);
		}
	}
}
