/**
 * The tests that notice broken code: one project, as Stryker measures coverage in one. ts-jest compiles
 * each file for itself (isolatedModules), so no mutant dies of its types.
 */
module.exports = {
	rootDir: '../..',
	testEnvironment: 'node',
	transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.tmp', '<rootDir>/harness/versions'],
	testMatch: ['unit', 'integration/avala', 'integration/trigger'].map(
		(name) => `<rootDir>/test/${name}/**/*.test.ts`,
	),
};
