import type { FastifyReply, FastifyRequest } from 'fastify';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

import { FaultList } from '../faultList';
import type { ExportFile, StoredExport } from '../resources/resourceRecords';
import type { FileFault } from './files';
import { fileName, sendFile } from './files';
import { Links } from './links';

const XML = { 'content-type': 'application/xml' };

/** Status, code and message of what is refused, as in S3. */
const REFUSALS = {
	key: [400, 'InvalidArgument', 'Only one auth mechanism allowed.'],
	method: [405, 'MethodNotAllowed', 'The specified method is not allowed.'],
	forged: [403, 'SignatureDoesNotMatch', 'The signature does not match.'],
	file: [404, 'NoSuchKey', 'The specified key does not exist.'],
} as const;

export interface StorageRequest {
	method: string;
	/** With its query. */
	path: string;
	status: number;
	/** Whether an API key came with it, in a header or in the address. Such a request is refused. */
	carriesKey: boolean;
}

/** Object storage on an origin of its own: it serves files to whoever has a signed link, and refuses an API key. */
export class Storage {
	private readonly links = new Links();

	private readonly faults = new FaultList<FileFault>();

	private log: StorageRequest[] = [];

	private port = 0;

	private readonly server = createServer((request, response) => {
		void this.serve(request, response);
	});

	/** @param find the file at `/exports/<uid>/…` */
	constructor(
		private readonly find: (uid: string) => ExportFile | undefined,
		private readonly isApiKey: (text: string) => boolean,
	) {}

	async start(): Promise<void> {
		await once(this.server.listen(0, '127.0.0.1'), 'listening');
		const address = this.server.address();
		if (typeof address === 'object' && address) this.port = address.port;
	}

	async stop(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise<void>((resolve) => this.server.close(() => resolve()));
	}

	get url(): string {
		return `http://127.0.0.1:${this.port}`;
	}

	/** A new link to the export's file. */
	linkTo({ uid, plan }: StoredExport): string {
		const path = `/exports/${uid}/${encodeURIComponent(fileName(uid, plan.file))}`;
		return this.url + this.links.sign(path);
	}

	/** Adds a fault for files, including those from the API's origin. @returns removes the fault */
	fault(fault: FileFault): () => void {
		return this.faults.add(fault);
	}

	clearFaults(): void {
		this.faults.clear();
	}

	/** The requests so far, oldest first. */
	requests(): StorageRequest[] {
		return [...this.log];
	}

	clearRequests(): void {
		this.log = [];
	}

	/** Responds to a request to the API with the export's file. */
	async reply(
		call: FastifyRequest,
		reply: FastifyReply,
		entry: StoredExport,
	): Promise<FastifyReply> {
		const { uid, plan } = entry;
		reply.hijack();
		await this.send(call.raw, reply.raw, fileName(uid, plan.file), plan.file);
		return reply;
	}

	/** Sends a file with the fault that is next for this request, if there is one. */
	private async send(
		request: IncomingMessage,
		response: ServerResponse,
		name: string,
		file: ExportFile,
	): Promise<void> {
		const fault = this.faults.take(request.method ?? 'GET', request.url ?? '/');
		if (fault?.redirectTo !== undefined) {
			response.writeHead(fault.status ?? 302, { location: fault.redirectTo });
			response.end();
		} else if (fault?.status !== undefined) {
			response.writeHead(fault.status, XML);
			response.end(fault.body ?? errorXml('InternalError', 'A fault of the sandbox.'));
		} else await sendFile(response, name, file, fault);
	}

	private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { method = 'GET', url = '/', headers } = request;
		const carriesKey =
			headers['x-avala-api-key'] !== undefined ||
			headers.authorization !== undefined ||
			this.isApiKey(url) ||
			Object.values(headers).some((value) => this.isApiKey(String(value)));
		const entry = { method, path: url, status: 0, carriesKey };
		this.log.push(entry);
		response.once('close', () => (entry.status = response.headersSent ? response.statusCode : 0));
		const [, , uid = '', name = ''] = new URL(url, this.url).pathname.split('/');
		const file = this.find(uid);
		const refusal = carriesKey
			? REFUSALS.key
			: method !== 'GET'
				? REFUSALS.method
				: !this.links.isGood(url)
					? REFUSALS.forged
					: undefined;
		if (refusal || !file) {
			const [status, code, message] = refusal ?? REFUSALS.file;
			response.writeHead(status, XML);
			response.end(errorXml(code, message));
		} else await this.send(request, response, decodeURIComponent(name), file);
	}
}

function errorXml(code: string, message: string): string {
	return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
