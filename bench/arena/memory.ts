import { once } from 'node:events';
import { WebSocket } from 'undici';

const IN_USE = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage()) / 2 ** 20';

/**
 * Memory that a Node process uses once all garbage is collected, in MB.
 *
 * @param port where it was told to listen with `--inspect`
 */
export async function memoryInUse(port: number): Promise<number> {
	const response = await fetch(`http://127.0.0.1:${port}/json/list`);
	const [target] = (await response.json()) as Array<{ webSocketDebuggerUrl: string }>;
	if (!target) throw new Error(`Nothing can be inspected at port ${port}`);
	const socket = new WebSocket(target.webSocketDebuggerUrl);
	await once(socket, 'open');
	const call = async (method: string, params: object = {}): Promise<string> => {
		socket.send(JSON.stringify({ id: 1, method, params }));
		for (;;) {
			const [{ data }] = (await once(socket, 'message')) as [{ data: unknown }];
			// Everything else is an event, not a response.
			if (String(data).startsWith('{"id":1,')) return String(data);
		}
	};
	try {
		await call('HeapProfiler.collectGarbage');
		const text = await call('Runtime.evaluate', { expression: IN_USE });
		return (JSON.parse(text) as { result: { result: { value: number } } }).result.result.value;
	} finally {
		socket.close();
	}
}
