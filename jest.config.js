const typescript = {
	testEnvironment: 'node',
	// `npm run check` checks the types; checking them for each file here would take a minute.
	transform: {
		'^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json', transpilation: true }],
	},
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tmp', '<rootDir>/harness/versions'],
};

/** `npm test` runs unit and integration; the slow suites have commands of their own. */
module.exports = {
	// A busy or slow machine fails no test that way; suites that need longer say so. Jest ignores it in a project.
	testTimeout: 30_000,
	projects: ['unit', 'integration', 'e2e', 'browser', 'resilience'].map((name) => ({
		...typescript,
		displayName: name,
		testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
		...(['unit', 'integration'].includes(name) && {
			globalSetup: '<rootDir>/test/support/timeZone.ts',
		}),
	})),
};
