/** Removes the types; `npm run check` checks them. */
const TYPESCRIPT = {
	jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
	module: { type: 'commonjs' },
};

/** Packages that take long to load, n8n above all, and those that are ES modules, which Jest does not load. */
const LOADED_ONCE =
	'@n8n|express|fast-check|fastify|get-port|n8n-core|n8n-workflow|p-map|p-wait-for|undici';

const projectOf = (name) => ({
	displayName: name,
	testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
	testEnvironment: '<rootDir>/test/support/oneRealm.js',
	transform: {
		'\\.ts$': ['@swc/jest', TYPESCRIPT],
		[`/node_modules/(${LOADED_ONCE})/.+\\.c?js$`]: '<rootDir>/test/support/loadOnce.js',
	},
	transformIgnorePatterns: [],
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tmp', '<rootDir>/harness/versions'],
	...(['unit', 'integration'].includes(name) && {
		globalSetup: '<rootDir>/test/support/timeZone.ts',
	}),
});

/** `npm test` runs unit and integration; the slow suites have commands of their own. */
module.exports = {
	// A busy or slow machine fails no test that way; suites that need longer say so. Jest ignores it in a project.
	testTimeout: 30_000,
	// On a busy machine a process takes longer than Jest's half a second to give back its memory.
	workerGracefulExitTimeout: 30_000,
	projects: ['unit', 'integration', 'e2e', 'browser', 'resilience'].map(projectOf),
};
