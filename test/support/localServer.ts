import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:http';

export interface LocalServer {
	/** Without a slash at its end. */
	url: string;
	/** All that came, in order. */
	requests: IncomingMessage[];
	close(): Promise<void>;
}

/** A server on a free port, for responses that the sandbox does not give. */
export async function serve(respond: RequestListener): Promise<LocalServer> {
	const requests: IncomingMessage[] = [];
	const server = createServer((request, response) => {
		requests.push(request);
		respond(request, response);
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}
