/**
 * Runs n8n's own verification scanner, offline, on what its reviewers look at: the source and the
 * packed tarball. Exits 1 with the findings if there are any.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { packPackage, ROOT } from '../harness/pack';

interface ScanResult {
	passed: boolean;
	message?: string;
	details?: string;
}

interface Scanner {
	SOURCE_FILE_PATTERNS: string[];
	analyzePackage(packageDir: string, filePatterns: string[]): Promise<ScanResult>;
}

async function main(): Promise<void> {
	// The scanner exports only its command, which fetches the package from the registry.
	const scannerFile = path.join(
		path.dirname(require.resolve('@n8n/scan-community-package/package.json')),
		'scanner/scanner.mjs',
	);
	const scanner = (await import(scannerFile)) as Scanner;

	const unpacked = mkdtempSync(path.join(tmpdir(), 'n8n-nodes-avala-'));
	try {
		execFileSync('tar', ['-xzf', await packPackage(console.log)], { cwd: unpacked });
		console.log('Scanning');
		const results = {
			source: await scanner.analyzePackage(ROOT, scanner.SOURCE_FILE_PATTERNS),
			tarball: await scanner.analyzePackage(path.join(unpacked, 'package'), [
				'**/*.js',
				'package.json',
			]),
		};
		for (const [what, { passed, message, details }] of Object.entries(results)) {
			console.log(`${what}: ${passed ? 'passed' : `FAILED: ${message ?? ''}\n${details ?? ''}`}`);
			if (!passed) process.exitCode = 1;
		}
	} finally {
		rmSync(unpacked, { recursive: true, force: true });
	}
}

void main();
