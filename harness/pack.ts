import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { npm } from './install';

export const ROOT = path.resolve(__dirname, '..');
/** Files created at run time, never committed. */
export const TEMPORARY = path.join(ROOT, '.tmp');

/** Builds the package and packs it as npm would publish it. @returns the tarball's path */
export async function packPackage(signal?: AbortSignal): Promise<string> {
	const folder = path.join(TEMPORARY, 'package');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	await npm(ROOT, ['run', 'build'], signal);
	const packed = JSON.parse(
		await npm(ROOT, ['pack', '--json', '--pack-destination', folder], signal),
	) as unknown;
	const [first] = Array.isArray(packed) ? (packed as unknown[]) : [];
	if (typeof first === 'object' && first && 'filename' in first)
		return path.join(folder, String(first.filename));
	throw new Error('npm pack did not name a tarball.');
}
