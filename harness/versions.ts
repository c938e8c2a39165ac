import path from 'node:path';

/** The n8n versions that are tested: the newest that installs, an older 2.x, the last 1.x. */
export const N8N_VERSIONS = ['2.41.1', '2.8.4', '1.123.81'] as const;
export type N8nVersion = (typeof N8N_VERSIONS)[number];
export const NEWEST_N8N: N8nVersion = '2.41.1';

/** @throws when the version is none of those that are pinned here */
export function parseVersion(text: string): N8nVersion {
	const version = N8N_VERSIONS.find((known) => known === text);
	if (version) return version;
	throw new Error(`n8n ${text} is not pinned here; choose one of ${N8N_VERSIONS.join(', ')}.`);
}

/** Each version has a package.json and a lock file of its own, so that n8n is never among our dependencies. */
export function folderOf(version: N8nVersion): string {
	return path.join(__dirname, 'versions', version);
}
