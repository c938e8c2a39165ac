import { BinaryDataConfig, BinaryDataService } from 'n8n-core';
import type { IBinaryData } from 'n8n-workflow';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Container {
	get<T>(type: new (...args: never[]) => T): T;
}

/** n8n-core has a container of its own version, which holds the service that its helpers use. */
const { Container: container } = jest.requireActual<{ Container: Container }>(
	require.resolve('@n8n/di', { paths: [require.resolve('n8n-core')] }),
);

/** n8n's binary data as with N8N_DEFAULT_BINARY_DATA_MODE=filesystem, in a folder of its own. */
export class BinaryFiles {
	private readonly folder = mkdtempSync(path.join(tmpdir(), 'avala-binary-'));

	/** To be called where `afterAll` may be: for the next test file n8n holds binary data in memory again. */
	constructor() {
		afterAll(() => Object.assign(container.get(BinaryDataService), { managers: {} }));
	}

	async init(): Promise<void> {
		const config = container.get(BinaryDataConfig);
		Object.assign(config, { mode: 'filesystem', localStoragePath: this.folder });
		await container.get(BinaryDataService).init();
	}

	/** Paths of the files that n8n has stored, whole or in part. */
	all(): string[] {
		if (!existsSync(this.folder)) return [];
		return readdirSync(this.folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile() && !entry.name.endsWith('.metadata'))
			.map((entry) => path.join(entry.parentPath, entry.name));
	}

	contentOf(binary: IBinaryData | undefined): string {
		return readFileSync(container.get(BinaryDataService).getPath(binary?.id ?? ''), 'utf8');
	}

	/** Puts a file in the place of the folder, so that nothing can be stored. @returns undoes that */
	makeUnusable(): () => void {
		this.clear();
		writeFileSync(this.folder, '');
		return () => this.clear();
	}

	clear(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}
