import jestConfig from '../../jest.config.js';

const [unit] = jestConfig.projects;

/** What only the editor shows; a test that repeats these texts would protect nobody. */
const TEXTS = ['description', 'displayName', 'placeholder', 'hint', 'action'];

const textsOfTheEditor = {
	shouldIgnore({ node }) {
		const isText = node.type === 'ObjectProperty' && TEXTS.includes(node.key.name);
		return isText && ['StringLiteral', 'TemplateLiteral'].includes(node.value.type)
			? 'a text that only the editor shows'
			: undefined;
	},
};

export const strykerPlugins = [
	{ kind: 'Ignore', name: 'texts-of-the-editor', value: textsOfTheEditor },
];

/**
 * `npm run test:mutation`: StrykerJS breaks the code that keeps forged requests out and secrets in, one small change
 * at a time, and the tests must notice. See test/mutation.md.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
	mutate: [
		'credentials/*.ts',
		'nodes/Avala/transport/*.ts',
		'nodes/Avala/trigger/{ipAllowlist,receive,secret,verify}.ts',
	],
	plugins: ['@stryker-mutator/jest-runner', './scripts/mutation/stryker.config.mjs'],
	ignorers: ['texts-of-the-editor'],
	testRunner: 'jest',
	jest: {
		// Stryker knows no projects, so it must not find jest.config.js.
		configFile: 'package.json',
		config: {
			transform: unit.transform,
			transformIgnorePatterns: unit.transformIgnorePatterns,
			testEnvironment: './scripts/mutation/failFast.js',
			testSequencer: '<rootDir>/scripts/mutation/unitFirst.js',
			testMatch: ['<rootDir>/test/{unit,integration}/**/*.test.ts'],
			// Tests of the sandbox, and of documents, which read sources.
			testPathIgnorePatterns: ['/integration/sandbox/', '/(documents|securityClaims)'],
			testTimeout: 10_000,
			globalSetup: unit.globalSetup,
		},
	},
	coverageAnalysis: 'perTest',
	incremental: true,
	incrementalFile: '.tmp/mutation/incremental.json',
	tempDirName: '.tmp/stryker',
	ignorePatterns: ['/.tmp', '/dist', '/harness/versions', '/docs/images'],
	reporters: ['progress-append-only', 'clear-text', 'json', 'html'],
	clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
	jsonReporter: { fileName: '.tmp/mutation/report.json' },
	htmlReporter: { fileName: '.tmp/mutation/report.html' },
	concurrency: 2,
	// Endless loops are counted, so a slow machine may take its time.
	timeoutMS: 60_000,
};
