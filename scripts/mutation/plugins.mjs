import { readFileSync, writeFileSync } from 'node:fs';

import {
	strykerPlugins as jestPlugins,
	strykerValidationSchema,
} from '@stryker-mutator/jest-runner';

export { strykerValidationSchema };

/** Of the dry run, in the sandbox directory, which is the working directory of all test runners. */
const TEST_FILES = '.test-files.json';

/**
 * Stryker's Jest runner loads every test file that imports the mutated one, for each mutant, and loading
 * n8n takes most of the time. This one runs only the files that hold the tests which reach the mutant,
 * the quickest first, and stops at the first file that notices it.
 */
function runFileByFile(injector) {
	const runner = jestPlugins[0].factory(injector);
	const { jestTestAdapter } = runner;
	const dryRun = runner.dryRun.bind(runner);
	const mutantRun = runner.mutantRun.bind(runner);
	const runJest = jestTestAdapter.run.bind(jestTestAdapter);
	let testFile;

	jestTestAdapter.run = async (settings) =>
		await runJest(testFile === undefined ? settings : { ...settings, testFiles: [testFile] });

	runner.dryRun = async (options) => {
		const result = await dryRun(options);
		const files = {};
		for (const { id, fileName, timeSpentMs } of result.tests ?? []) {
			files[fileName] ??= { tests: [], time: 0 };
			files[fileName].tests.push(id);
			files[fileName].time += timeSpentMs;
		}
		writeFileSync(TEST_FILES, JSON.stringify(files));
		return result;
	};

	runner.mutantRun = async (options) => {
		const selected = options.testFilter && new Set(options.testFilter);
		const files = Object.entries(JSON.parse(readFileSync(TEST_FILES, 'utf8')))
			.filter(([, { tests }]) => !selected || tests.some((id) => selected.has(id)))
			.sort(([, a], [, b]) => a.time - b.time);
		let result;
		try {
			for ([testFile] of files) {
				result = await mutantRun(options);
				if (result.status !== 'survived') break;
			}
		} finally {
			testFile = undefined;
		}
		return result ?? (await mutantRun(options));
	};
	return runner;
}
runFileByFile.inject = ['$injector'];

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
	{ kind: 'TestRunner', name: 'jest-file-by-file', factory: runFileByFile },
	{ kind: 'Ignore', name: 'texts-of-the-editor', value: textsOfTheEditor },
];
