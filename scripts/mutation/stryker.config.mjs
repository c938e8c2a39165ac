/**
 * `npm run test:mutation`: StrykerJS breaks the code that ships, one small change at a time, and the unit
 * and integration tests must notice. `-- --mutate <file>` does one file,
 * `--testFiles <files>` with these tests alone. What came of it: test/mutation.md.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	mutate: ['nodes/**/*.ts', 'credentials/**/*.ts'],
	plugins: ['./scripts/mutation/plugins.mjs'],
	testRunner: 'jest-in-process',
	coverageAnalysis: 'perTest',
	ignorers: ['texts-of-the-editor'],
	incremental: true,
	incrementalFile: '.tmp/mutation/incremental.json',
	tempDirName: '.tmp/stryker',
	ignorePatterns: ['/.tmp', '/dist', '/harness/versions', '/docs/images'],
	reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
	clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
	jsonReporter: { fileName: '.tmp/mutation/report.json' },
	htmlReporter: { fileName: '.tmp/mutation/report.html' },
	concurrency: 2,
	timeoutMS: 20_000,
	timeoutFactor: 4,
	disableTypeChecks: false,
};
