const typescript = {
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
	// A busy or slow machine fails no test that way; suites that need longer say so.
	testTimeout: 30_000,
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tmp', '<rootDir>/harness/versions'],
};

/** `npm test` runs unit and integration; the slow suites have commands of their own. */
module.exports = {
	projects: ['unit', 'integration', 'e2e', 'browser', 'resilience'].map((name) => ({
		...typescript,
		displayName: name,
		testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
	})),
};
