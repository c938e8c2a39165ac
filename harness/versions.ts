import path from 'node:path';

/** The n8n versions that are tested: the newest that installs, an older 2.x, the last 1.x. */
export const N8N_VERSIONS = ['2.41.1', '2.8.4', '1.123.81'] as const;
export type N8nVersion = (typeof N8N_VERSIONS)[number];
export const NEWEST_N8N: N8nVersion = '2.41.1';

/** @throws when the version is not one of the pinned ones */
export function parseVersion(text: string): N8nVersion {
	const version = N8N_VERSIONS.find((known) => known === text);
	if (version) return version;
	throw new Error(`n8n ${text} is not available. Choose one of ${N8N_VERSIONS.join(', ')}.`);
}

/** Each version has its own package.json and lock file, so that n8n is not one of our dependencies. */
export function folderOf(version: N8nVersion): string {
	return path.join(__dirname, 'versions', version);
}
