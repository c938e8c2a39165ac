import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that nothing listens on, on loopback. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (typeof address === 'object' && address) return address.port;
	throw new Error('No port is free.');
}

/** @throws when something else listens on the port, naming the port and its option */
export async function assertFree(port: number, what: string, option: string): Promise<void> {
	const server = createServer().listen(port, '127.0.0.1');
	try {
		await once(server, 'listening');
	} catch (error) {
		if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
		throw new Error(
			`Port ${port}, which ${what} needs, is in use. Stop the program that uses it, or choose another port with ${option}.`,
		);
	}
	server.close();
	await once(server, 'close');
}
