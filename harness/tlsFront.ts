import { once } from 'node:events';
import { createServer } from 'node:https';
import { createProxyServer } from 'http-proxy-3';
import { generate } from 'selfsigned';

export interface TlsFront {
	/** https address without a trailing slash. */
	url: string;
	/** Its self-signed certificate, PEM. */
	ca: string;
	stop(): Promise<void>;
}

/**
 * Serves n8n over https, because Avala delivers only to https. Responds with 502 while n8n is down.
 */
export async function startTlsFront({
	target,
	port = 0,
}: {
	target: string;
	port?: number;
}): Promise<TlsFront> {
	const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
		keySize: 2048,
		extensions: [
			{ name: 'basicConstraints', cA: true, critical: true },
			{
				name: 'subjectAltName',
				altNames: [
					{ type: 2, value: 'localhost' },
					{ type: 7, ip: '127.0.0.1' },
				],
			},
		],
	});
	const proxy = createProxyServer({ target, xfwd: true, ws: true });
	proxy.on('error', (_error, _request, response) => {
		if ('writeHead' in response && !response.headersSent)
			response.writeHead(502).end('n8n is not running.');
		else response.end();
	});
	const server = createServer({ key, cert }, (request, response) => proxy.web(request, response));
	server.on('upgrade', (request, socket, head) => proxy.ws(request, socket, head));
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	const listening = typeof address === 'object' && address ? address.port : port;
	return {
		url: `https://localhost:${listening}`,
		ca: cert,
		stop: async () => {
			server.closeAllConnections();
			server.close();
			proxy.close();
			await once(server, 'close');
		},
	};
}
