import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The tests that notice broken code. Tests of documents read sources, which are instrumented here. */
const TEST_FOLDERS = ['test/unit', 'test/integration/avala', 'test/integration/trigger'];
const LEFT_OUT = /(?:securityClaims|documents|redactTime)\.test\.ts$/;

/** Of the dry run, in the sandbox directory, which is the working directory of all test runners. */
const TEST_FILES = '.test-files.json';

/** As in Jest, by test/support/timeZone.ts. */
process.env.TZ = 'Asia/Kolkata';

/** A mutant may leave something behind that fails when nobody waits for it any more. */
process.on('unhandledRejection', () => {});

/** Stryker's test runner: the files with the tests that reach the mutant, the quickest first. */
class InProcessRunner {
	constructor() {
		/** Where the code that Stryker has instrumented looks for the active mutant. */
		this.stryker = globalThis.__stryker__ ??= {};
		const require = createRequire(path.join(process.cwd(), 'scripts/mutation/inProcess.cjs'));
		this.runTestFile = require('./inProcess.cjs').runTestFile;
	}

	capabilities() {
		return { reloadEnvironment: true };
	}

	async dryRun({ testFiles }) {
		const all = testFiles?.length ? testFiles.map((name) => path.resolve(name)) : allTestFiles();
		const tests = [];
		const times = {};
		this.stryker.activeMutant = undefined;
		for (const fileName of all) {
			const onStart = (id) => (this.stryker.currentTestId = id);
			const run = await this.runTestFile(fileName, { onStart });
			if (run.problem) return { status: 'error', errorMessage: `${fileName}: ${run.problem}` };
			times[fileName] = { time: 0, ids: [] };
			for (const { id, title, milliseconds, failure } of run.tests) {
				times[fileName].time += milliseconds;
				times[fileName].ids.push(id);
				tests.push({
					id,
					name: title,
					fileName,
					timeSpentMs: milliseconds,
					...(failure === undefined ? { status: 0 } : { status: 1, failureMessage: failure }),
				});
			}
		}
		writeFileSync(TEST_FILES, JSON.stringify(times));
		return { status: 'complete', tests, mutantCoverage: this.stryker.mutantCoverage };
	}

	async mutantRun({ activeMutant, testFilter, hitLimit }) {
		// With `--testFiles` Stryker gives these files for code that runs when a module is loaded.
		const isOfFiles = testFilter?.every((name) => path.isAbsolute(name)) ?? true;
		const wanted = new Set(testFilter);
		const isWanted = (id) => isOfFiles || wanted.has(id);
		const files = Object.entries(JSON.parse(readFileSync(TEST_FILES, 'utf8')))
			.filter(([, { ids }]) => ids.some(isWanted))
			.sort(([, a], [, b]) => a.time - b.time);
		const { stryker } = this;
		Object.assign(stryker, { activeMutant: activeMutant.id, hitLimit, hitCount: hitLimit && 0 });
		let nrOfTests = 0;
		try {
			for (const [fileName] of files) {
				const { tests, problem } = await this.runTestFile(fileName, { isWanted, bail: true });
				nrOfTests += tests.length;
				if (hitLimit !== undefined && stryker.hitCount > hitLimit) {
					return { status: 'timeout', reason: `Reached ${stryker.hitCount} times` };
				}
				const failed = tests.find(({ failure }) => failure !== undefined);
				if (failed || problem) {
					return {
						status: 'killed',
						killedBy: failed ? [failed.id] : [],
						failureMessage: failed?.failure ?? problem,
						nrOfTests,
					};
				}
			}
			return { status: 'survived', nrOfTests };
		} finally {
			Object.assign(stryker, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
		}
	}
}

function allTestFiles() {
	return TEST_FOLDERS.flatMap((folder) =>
		readdirSync(folder, { recursive: true })
			.filter((name) => name.endsWith('.test.ts') && !LEFT_OUT.test(name))
			.map((name) => path.resolve(folder, name)),
	);
}

/** What only the editor shows; a test that repeats these texts would protect nobody. */
const TEXTS = new Set(['description', 'displayName', 'placeholder', 'hint', 'action']);

const textsOfTheEditor = {
	shouldIgnore({ node }) {
		const isText = node.type === 'ObjectProperty' && TEXTS.has(node.key.name);
		return isText && ['StringLiteral', 'TemplateLiteral'].includes(node.value.type)
			? 'a text that only the editor shows'
			: undefined;
	},
};

export const strykerPlugins = [
	{ kind: 'TestRunner', name: 'jest-in-process', factory: () => new InProcessRunner() },
	{ kind: 'Ignore', name: 'texts-of-the-editor', value: textsOfTheEditor },
];
