import { WebSocket } from 'undici';

/** One function in a CPU profile, as the Chrome DevTools protocol gives it. */
interface ProfileNode {
	id: number;
	callFrame: { functionName: string; url: string };
	children?: number[];
}

interface CpuProfile {
	nodes: ProfileNode[];
	samples: number[];
	timeDeltas: number[];
}

/** Where a process spent its time. */
export interface Shares {
	/** In the package's own functions and what those call, without what they call of n8n. */
	ofPackage: number;
	/** In n8n's functions that the package calls. */
	ofN8nCalled: number;
	/** Everything else that ran. */
	ofN8n: number;
	ofGarbage: number;
	/** Of the wall-clock time; the others are parts of the time that is not idle. */
	idle: number;
	/** Most time in themselves, most first, as parts of the time that is not idle. */
	hottest: Array<{ what: string; part: number }>;
}

/** Talks to the inspector of a Node process that was started with `--inspect`. */
export class Inspector {
	private nextId = 1;

	private readonly waiting = new Map<number, (result: unknown) => void>();

	private constructor(private readonly socket: WebSocket) {
		socket.addEventListener('message', ({ data }) => {
			const message: unknown = JSON.parse(String(data));
			if (typeof message !== 'object' || message === null || !('id' in message)) return;
			this.waiting.get(Number(message.id))?.('result' in message ? message.result : undefined);
		});
	}

	static async connect(port: number): Promise<Inspector> {
		const answer = await fetch(`http://127.0.0.1:${port}/json/list`);
		const [target] = (await answer.json()) as Array<{ webSocketDebuggerUrl: string }>;
		if (!target) throw new Error('There is nothing to inspect.');
		const socket = new WebSocket(target.webSocketDebuggerUrl);
		await new Promise((resolve, reject) => {
			socket.addEventListener('open', resolve);
			socket.addEventListener('error', reject);
		});
		return new Inspector(socket);
	}

	/** Memory that is in use once all garbage is collected, in MB. */
	async memoryInUse(): Promise<number> {
		await this.call('HeapProfiler.collectGarbage');
		const expression =
			'(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage()) / 2 ** 20';
		const answer = await this.call('Runtime.evaluate', { expression });
		return Number((answer as { result: { value: number } }).result.value);
	}

	/** The CPU profile of what happens during `work`. */
	async profile(work: () => Promise<unknown>): Promise<CpuProfile> {
		await this.call('Profiler.enable');
		await this.call('Profiler.start');
		await work();
		const { profile } = (await this.call('Profiler.stop')) as { profile: CpuProfile };
		return profile;
	}

	close(): void {
		this.socket.close();
	}

	private async call(method: string, params: object = {}): Promise<unknown> {
		const id = this.nextId++;
		return await new Promise((resolve) => {
			this.waiting.set(id, resolve);
			this.socket.send(JSON.stringify({ id, method, params }));
		});
	}
}

/**
 * Attributes each sample by its stack: to the package when one of its functions is on it and no
 * function of n8n stands above that.
 *
 * @param isPackage tells by a script's address whether it is the package's
 */
export function sharesOf(
	{ nodes, samples, timeDeltas }: CpuProfile,
	isPackage: (url: string) => boolean,
): Shares {
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const parents = new Map(
		nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
	);
	const time = { package: 0, called: 0, n8n: 0, garbage: 0, idle: 0 };
	const own = new Map<string, number>();
	for (const [index, id] of samples.entries()) {
		const delta = timeDeltas[index] ?? 0;
		const kind = kindOf(id);
		time[kind] += delta;
		const frame = byId.get(id)?.callFrame;
		if (kind !== 'idle' && frame) {
			const what = `${frame.functionName || '(anonymous)'} (${shortOf(frame.url)})`;
			own.set(what, (own.get(what) ?? 0) + delta);
		}
	}
	const busy = time.package + time.called + time.n8n + time.garbage;
	return {
		ofPackage: time.package / busy,
		ofN8nCalled: time.called / busy,
		ofN8n: time.n8n / busy,
		ofGarbage: time.garbage / busy,
		idle: time.idle / (busy + time.idle),
		hottest: [...own]
			.toSorted(([, a], [, b]) => b - a)
			.slice(0, 8)
			.map(([what, delta]) => ({ what, part: delta / busy })),
	};

	function kindOf(sample: number): keyof typeof time {
		const name = byId.get(sample)?.callFrame.functionName;
		if (name === '(idle)') return 'idle';
		if (name === '(garbage collector)') return 'garbage';
		let isCalled = false;
		for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
			const url = byId.get(id)?.callFrame.url ?? '';
			if (isPackage(url)) return isCalled ? 'called' : 'package';
			// Neither Node's own modules nor built-in functions have a file.
			if (url.includes('/node_modules/')) isCalled = true;
		}
		return 'n8n';
	}
}

/** The package and the file in it. */
function shortOf(url: string): string {
	const [, inPackage] = url.match(/.*\/node_modules\/(.+)$/) ?? [];
	if (inPackage === undefined)
		return url.startsWith('node:') ? url : url === '' ? 'built in' : 'other';
	const parts = inPackage.split('/');
	const name = inPackage.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
	return `${name}: ${parts.at(-1)}`;
}
