/** What `npm run demo` and `npm run dev` share: fixed ports, the addresses to look at, and Ctrl-C. */
import { once } from 'node:events';

import { OWNER } from './client';
import { assertFree } from './ports';
import type { Stage } from './stage';

export interface LocalPorts {
	n8n: number;
	/** The https address of n8n, which the sandbox delivers to. */
	front: number;
	avala: number;
}

/** For `parseArgs`. */
export const PORT_OPTIONS = {
	'n8n-port': { type: 'string', default: '5678' },
	'front-port': { type: 'string', default: '8443' },
	'avala-port': { type: 'string', default: '4010' },
} as const;

export const PORT_USAGE = `  --n8n-port ${PORT_OPTIONS['n8n-port'].default}     port of the n8n editor
  --front-port ${PORT_OPTIONS['front-port'].default}   port of n8n's https address, which the sandbox delivers to
  --avala-port ${PORT_OPTIONS['avala-port'].default}   port of the sandbox`;

/** @throws when a value is not a port, naming its option */
export function parsePorts(values: Record<keyof typeof PORT_OPTIONS, string>): LocalPorts {
	const portOf = (option: keyof typeof PORT_OPTIONS) => {
		const port = Number(values[option]);
		if (Number.isInteger(port) && port > 0 && port < 65536) return port;
		throw new Error(`--${option} must be a number from 1 to 65535, not ${values[option]}.`);
	};
	return { n8n: portOf('n8n-port'), front: portOf('front-port'), avala: portOf('avala-port') };
}

/** @throws when one of the ports is in use, naming it and its option */
export async function assertPortsFree({ n8n, front, avala }: LocalPorts): Promise<void> {
	await assertFree(n8n, 'n8n', '--n8n-port');
	await assertFree(front, "n8n's https address", '--front-port');
	await assertFree(avala, 'the sandbox', '--avala-port');
}

/** Where to look, how to log in, and what a credential needs. */
export function describeAddresses({ n8n, avala }: Stage): string {
	return `n8n         ${n8n.url}/home/workflows
  Email     ${OWNER.email}
  Password  ${OWNER.password}

Sandbox     ${avala.url}
  Click "Complete a task" there, then look at the executions in n8n.

To create an Avala API credential yourself:
  API key   ${avala.apiKey}
  Base URL  ${avala.baseUrl}

Press Ctrl-C to stop everything.`;
}

/** @returns a signal that is aborted by Ctrl-C, SIGTERM, or closing the terminal */
export function interruptSignal(): AbortSignal {
	const interrupt = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(name, () => interrupt.abort());
	return interrupt.signal;
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
	if (!signal.aborted) await once(signal, 'abort');
}

export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
