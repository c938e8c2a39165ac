import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import path from 'node:path';

import { installLocked, installOnce, npm } from './install';
import { freePort } from './ports';
import { startTlsFront } from './tlsFront';

/** Verdaccio has its own package.json and lock file, as n8n does, and is not a dependency of ours. */
const FOLDER = path.join(__dirname, 'registry');
const NPM_REGISTRY = 'registry.npmjs.org';

/** A registry in the place of npm's that holds only what is published to it. */
export interface Registry {
	/** Points the n8n of this folder to the registry. @returns the settings to start it with */
	settingsFor(userFolder: string): Record<string, string>;
	/** Publishes what npm has packed, under its own name and version. */
	publish(tarball: string): Promise<void>;
	stop(): Promise<void>;
}

/**
 * Starts Verdaccio on loopback, and installs it first if needed (takes seconds).
 *
 * n8n uses a registry other than npm's only with a license. So none is set: n8n calls npm's registry
 * through an https proxy, as in many companies, and the proxy forwards to Verdaccio.
 *
 * @param folder holds everything published and npm's cache; the caller removes it
 */
export async function startRegistry(folder: string): Promise<Registry> {
	await installOnce(FOLDER, async () => await installLocked(FOLDER));
	mkdirSync(folder, { recursive: true });
	const port = await freePort();
	const verdaccio = await startVerdaccio(folder, port);
	const front = await startTlsFront({ target: `http://127.0.0.1:${port}`, name: NPM_REGISTRY });
	const proxy = await startProxy(Number(new URL(front.url).port));
	const ca = path.join(folder, 'ca.pem');
	writeFileSync(ca, front.ca);

	const npmSettings = {
		registry: `https://${NPM_REGISTRY}`,
		'https-proxy': proxy.url,
		cafile: ca,
		// Keeps what is published here out of the developer's own cache.
		cache: path.join(folder, 'cache'),
		'fetch-retries': '0',
		'update-notifier': 'false',
	};
	return {
		settingsFor: (userFolder) => {
			// n8n 1.123 looks for updates with an npm that gets no environment.
			const nodes = path.join(userFolder, '.n8n', 'nodes');
			mkdirSync(nodes, { recursive: true });
			const lines = Object.entries(npmSettings).map(([name, value]) => `${name}=${value}\n`);
			writeFileSync(path.join(nodes, '.npmrc'), lines.join(''));
			const ofNpm = Object.entries(npmSettings).map(([name, value]) => [
				`npm_config_${name.replaceAll('-', '_')}`,
				value,
			]);
			return {
				HTTPS_PROXY: proxy.url,
				https_proxy: proxy.url,
				NO_PROXY: 'localhost,127.0.0.1',
				no_proxy: 'localhost,127.0.0.1',
				NODE_EXTRA_CA_CERTS: ca,
				...Object.fromEntries(ofNpm),
			};
		},
		publish: async (tarball) => {
			const local = `//127.0.0.1:${port}/`;
			await npm(folder, [
				'publish',
				tarball,
				`--registry=http:${local}`,
				// npm publishes only with a token; Verdaccio asks for none.
				`--${local}:_authToken=none`,
				'--noproxy=127.0.0.1',
				`--cache=${npmSettings.cache}`,
			]);
		},
		stop: async () => {
			await front.stop();
			await proxy.stop();
			verdaccio.kill('SIGKILL');
			if (verdaccio.exitCode === null && verdaccio.signalCode === null)
				await once(verdaccio, 'exit');
		},
	};
}

async function startVerdaccio(folder: string, port: number): Promise<ChildProcess> {
	const config = path.join(folder, 'verdaccio.json');
	writeFileSync(
		config,
		JSON.stringify({
			storage: path.join(folder, 'storage'),
			auth: { htpasswd: { file: path.join(folder, 'htpasswd') } },
			packages: { '**': { access: '$all', publish: '$all' } },
			web: { enable: false },
			log: { type: 'stdout', format: 'pretty', level: 'warn' },
		}),
	);
	const bin = path.join(FOLDER, 'node_modules', 'verdaccio', 'bin', 'verdaccio');
	const child = fork(bin, ['--config', config, '--listen', `127.0.0.1:${port}`], {
		stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
		execArgv: [],
	});
	let output = '';
	child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
	child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
	await new Promise<void>((resolve, reject) => {
		// Its only message says that it is listening.
		child.once('message', () => resolve());
		child.once('error', reject);
		child.once('exit', () => reject(new Error(`The registry did not start:\n${output}`)));
	});
	return child;
}

/** An https proxy on loopback that forwards npm's registry to this port and refuses all else. */
async function startProxy(port: number): Promise<{ url: string; stop(): Promise<void> }> {
	const proxy = createServer((_request, response) => response.writeHead(403).end());
	proxy.on('connect', (request, client, head) => {
		client.on('error', () => client.destroy());
		if (request.url !== `${NPM_REGISTRY}:443`) {
			client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
			return;
		}
		const server = connect(port, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			server.write(head);
			client.pipe(server).pipe(client);
		});
		server.on('error', () => server.destroy());
		server.on('close', () => client.destroy());
		client.on('close', () => server.destroy());
	});
	proxy.listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	const address = proxy.address();
	if (typeof address !== 'object' || !address) throw new Error('The proxy has no port.');
	return {
		url: `http://127.0.0.1:${address.port}`,
		stop: async () => {
			const closed = once(proxy, 'close');
			proxy.close();
			proxy.closeAllConnections();
			await closed;
		},
	};
}
