import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { npm } from './install';
import type { Tell } from './progress';

export const ROOT = path.resolve(__dirname, '..');
/** Files created at run time, never committed. */
export const TEMPORARY = path.join(ROOT, '.tmp');

/** Builds the package and packs it as npm would publish it. @returns the tarball's path */
export async function packPackage(tell: Tell = () => {}, signal?: AbortSignal): Promise<string> {
	const folder = path.join(TEMPORARY, 'package');
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	tell('Building the package');
	await npm(ROOT, ['run', 'build'], { signal });
	tell('Packing it');
	const packed = JSON.parse(
		await npm(ROOT, ['pack', '--json', '--pack-destination', folder], { signal }),
	) as unknown;
	const [first] = Array.isArray(packed) ? (packed as unknown[]) : [];
	if (typeof first === 'object' && first && 'filename' in first)
		return path.join(folder, String(first.filename));
	throw new Error('npm pack did not name a tarball.');
}
