/** Removes the types; `npm run check` checks them. */
const TYPESCRIPT = {
	jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
	module: { type: 'commonjs' },
};

const projectOf = (name) => ({
	displayName: name,
	testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
	testEnvironment: 'node',
	transform: { '\\.ts$': ['@swc/jest', TYPESCRIPT] },
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tmp', '<rootDir>/harness/versions'],
});

/** The packages that the nodes, the sandbox and their tests import; what those import is loaded by Node as well. */
const LOADED_ONCE =
	'/node_modules/(n8n-core|n8n-workflow|@n8n|express|fast-check|fastify|undici)/.+\\.c?js$';

const quickProjectOf = (name) => {
	const project = projectOf(name);
	return {
		...project,
		testEnvironment: '<rootDir>/test/support/oneRealm.js',
		transform: { ...project.transform, [LOADED_ONCE]: '<rootDir>/test/support/loadOnce.js' },
		transformIgnorePatterns: [],
		globalSetup: '<rootDir>/test/support/timeZone.ts',
	};
};

/** `npm test` runs unit and integration; the slow suites have commands of their own. */
module.exports = {
	// A busy or slow machine fails no test that way; suites that need longer say so. Jest ignores it in a project.
	testTimeout: 30_000,
	// On a busy machine a process takes longer than Jest's half a second to give back its memory.
	workerGracefulExitTimeout: 30_000,
	projects: [
		...['unit', 'integration'].map(quickProjectOf),
		...['e2e', 'browser', 'resilience'].map(projectOf),
	],
};
