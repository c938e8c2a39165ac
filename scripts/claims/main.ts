/**
 * `npm run test:claims`: makes each statement of SECURITY.md untrue on purpose, in a copy of the project,
 * and runs the test that the statement names. Exits 1 when one does not notice. `-- webhook` does those
 * whose fault names that word.
 */
import { spawnSync } from 'node:child_process';
import {
	cpSync,
	mkdtempSync,
	readFileSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Citation } from './citations';
import { citationsIn, ROOT } from './citations';
import type { Edit, Fault } from './faults';
import { FAULTS } from './faults';

const COPIED = [
	'credentials',
	'nodes',
	'sandbox',
	'test',
	'jest.config.js',
	'package.json',
	'tsconfig.json',
];

interface Outcome {
	passed: number;
	failed: number;
	/** Why the tests could not be run at all. */
	problem?: string;
}

function copyProject(): string {
	const copy = mkdtempSync(path.join(tmpdir(), 'n8n-nodes-avala-claims-'));
	for (const name of COPIED) {
		cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
	}
	symlinkSync(realpathSync(path.join(ROOT, 'node_modules')), path.join(copy, 'node_modules'));
	return copy;
}

function runTests(copy: string, tests: Citation[]): Outcome {
	const report = path.join(copy, 'report.json');
	rmSync(report, { force: true });
	// Jest fills in what stands behind % and $ in a title.
	const titles = tests.map(({ title }) =>
		title.replace(/[%$].*$/, '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
	);
	const { stderr } = spawnSync(
		process.execPath,
		[
			path.join(copy, 'node_modules/jest/bin/jest.js'),
			...['--selectProjects', 'unit', 'integration', '--runInBand', '--forceExit'],
			...['--testNamePattern', titles.join('|'), '--json', `--outputFile=${report}`],
			...['--runTestsByPath', ...new Set(tests.map(({ file }) => file))],
		],
		{ cwd: copy, encoding: 'utf8', timeout: 300_000 },
	);
	try {
		const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
			readFileSync(report, 'utf8'),
		) as Record<string, number>;
		return {
			passed: numPassedTests ?? 0,
			failed: numFailedTests ?? 0,
			...(numRuntimeErrorTestSuites !== 0 && { problem: 'a test file could not be run' }),
		};
	} catch {
		return { passed: 0, failed: 0, problem: stderr.slice(-2000) || 'Jest gave no report' };
	}
}

/** @throws when the text is not there exactly once: the code has changed, so the fault must as well */
function apply(copy: string, { file, search, replace }: Edit): void {
	const source = readFileSync(path.join(copy, file), 'utf8');
	const found = source.split(search).length - 1;
	if (found !== 1) {
		throw new Error(`${file} contains this text ${found} times, not once:\n${search}`);
	}
	writeFileSync(
		path.join(copy, file),
		source.replace(search, () => replace),
	);
}

/** @returns why the fault proves nothing; undefined when the test has noticed it */
function problemWith(copy: string, { edits, test }: Fault): string | undefined {
	const files = new Set(edits.map(({ file }) => file));
	try {
		for (const edit of edits) apply(copy, edit);
		const { failed, problem } = runTests(copy, [test]);
		if (problem !== undefined) return problem;
		return failed > 0 ? undefined : 'the test passes all the same';
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	} finally {
		for (const file of files) cpSync(path.join(ROOT, file), path.join(copy, file));
	}
}

function main(word = ''): void {
	const faults = FAULTS.filter(({ what }) => what.includes(word));
	const copy = copyProject();
	let failures = 0;
	try {
		process.stdout.write('The tests on the code as it is: ');
		const asItIs = runTests(
			copy,
			faults.map(({ test }) => test),
		);
		if (asItIs.failed > 0 || asItIs.passed === 0 || asItIs.problem !== undefined) {
			console.log(`${asItIs.failed} failed. ${asItIs.problem ?? ''}`);
			process.exitCode = 1;
			return;
		}
		console.log(`${asItIs.passed} passed`);
		for (const [index, fault] of faults.entries()) {
			process.stdout.write(`${index + 1}/${faults.length} When ${fault.what}: `);
			const startedAt = Date.now();
			const problem = problemWith(copy, fault);
			const seconds = Math.round((Date.now() - startedAt) / 1000);
			const { file, title } = fault.test;
			console.log(
				problem === undefined
					? `noticed (${seconds} s)`
					: `NOT NOTICED by ${file}: ${title}\n${problem}`,
			);
			if (problem !== undefined) failures += 1;
		}
		console.log(`${faults.length - failures} passed, ${failures} failed`);
		console.log('\nOnly the real n8n shows, and nothing was broken for it:');
		for (const { file, title } of citationsIn('SECURITY.md')) {
			if (!/^test\/(?:unit|integration)\//.test(file)) console.log(`${file}: ${title}`);
		}
		if (failures > 0) process.exitCode = 1;
	} finally {
		rmSync(copy, { recursive: true, force: true });
	}
}

main(process.argv[2]);
