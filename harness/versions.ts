import { Option } from 'commander';
import path from 'node:path';

/** The n8n versions that are tested: the newest that installs, an older 2.x, the last 1.x. */
export const N8N_VERSIONS = ['2.41.1', '2.8.4', '1.123.81'] as const;
export type N8nVersion = (typeof N8N_VERSIONS)[number];
export const NEWEST_N8N: N8nVersion = '2.41.1';

/** `--n8n`, which takes one of these. */
export function n8nOption(): Option {
	return new Option('--n8n <version>', 'version of n8n').choices(N8N_VERSIONS).default(NEWEST_N8N);
}

/** Each version has its own package.json and lock file, so that n8n is not one of our dependencies. */
export function folderOf(version: N8nVersion): string {
	return path.join(__dirname, 'versions', version);
}
