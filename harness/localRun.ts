/** What `npm run demo` and `npm run dev` share: fixed ports, the addresses to look at, and Ctrl-C. */
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import getPort from 'get-port';
import { once } from 'node:events';

import { OWNER } from './client';
import type { Stage } from './stage';

export interface LocalPorts {
	n8nPort: number;
	/** Of n8n's https address, which the sandbox delivers to. */
	frontPort: number;
	avalaPort: number;
}

/** Adds the options of `LocalPorts`. */
export function withPorts(command: Command): Command {
	return command
		.option('--n8n-port <port>', 'port of the n8n editor', toPort, 5678)
		.option('--front-port <port>', "port of n8n's https address", toPort, 8443)
		.option('--avala-port <port>', 'port of the sandbox', toPort, 4010);
}

function toPort(text: string): number {
	const port = Number(text);
	if (Number.isInteger(port) && port > 0 && port < 65536) return port;
	throw new InvalidArgumentError('It must be a number from 1 to 65535.');
}

/** @throws when one of the ports is in use, naming it and its option */
export async function assertPortsFree(ports: LocalPorts): Promise<void> {
	await assertFree(ports.n8nPort, 'n8n', '--n8n-port');
	await assertFree(ports.frontPort, "n8n's https address", '--front-port');
	await assertFree(ports.avalaPort, 'the sandbox', '--avala-port');
}

async function assertFree(port: number, what: string, option: string): Promise<void> {
	if ((await getPort({ port, host: '127.0.0.1' })) === port) return;
	throw new Error(
		`Port ${port}, which ${what} needs, is in use. Stop the program that uses it, or choose another port with ${option}.`,
	);
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
