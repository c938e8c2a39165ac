import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';

export interface Received {
	headers: IncomingMessage['headers'];
	body: string;
}

/** Servers that events are delivered to. */
export class Targets {
	private servers: Server[] = [];

	/** A target that responds to each request with the next of these; undefined never responds. */
	async add(
		...statuses: Array<number | undefined>
	): Promise<{ url: string; received: Received[] }> {
		const received: Received[] = [];
		const url = await this.serve((request, response) => {
			let body = '';
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => {
				received.push({ headers: request.headers, body });
				const status = statuses.length > 1 ? statuses.shift() : statuses[0];
				if (status !== undefined) response.writeHead(status).end('{"ok":true}');
			});
		});
		return { url, received };
	}

	async serve(listener: RequestListener): Promise<string> {
		return await this.listen(createServer(listener));
	}

	async listen(server: Server): Promise<string> {
		this.servers.push(server.listen(0, '127.0.0.1'));
		await once(server, 'listening');
		const address = server.address();
		return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
	}

	close(): void {
		for (const server of this.servers) {
			server.closeAllConnections();
			server.close();
		}
		this.servers = [];
	}
}
