/**
 * Runs Jest's tests in this process, with Jest's own runner and matchers but without its module registry:
 * n8n is loaded once, not for each test file, and only the files of this project are loaded anew.
 */
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

const { jestExpect } = require('@jest/expect');
const { ModernFakeTimers } = require('@jest/fake-timers');
const circus = require('jest-circus');
const { ModuleMocker } = require('jest-mock');
const typescript = require('typescript');

const TEST_TIMEOUT_MS = 30_000;

const compiled = new Map();

/** Like ts-jest with isolatedModules: a mutant does not fail because of its types. */
function compile(fileName) {
	const known = compiled.get(fileName);
	if (known !== undefined) return known;
	const { outputText } = typescript.transpileModule(readFileSync(fileName, 'utf8'), {
		fileName,
		compilerOptions: {
			target: typescript.ScriptTarget.ES2022,
			module: typescript.ModuleKind.CommonJS,
			esModuleInterop: true,
		},
	});
	compiled.set(fileName, outputText);
	return outputText;
}

const others = { ...Module._extensions };
for (const extension of Object.keys(others)) delete Module._extensions[extension];
// First of all, or './Avala.node' would be Avala.node.json.
Module._extensions['.ts'] = (module, fileName) => module._compile(compile(fileName), fileName);
Object.assign(Module._extensions, others);

const root = process.cwd() + path.sep;
const isOurs = (fileName) =>
	fileName.startsWith(root) && !fileName.slice(root.length).startsWith('node_modules');

const mocker = new ModuleMocker(globalThis);
const timers = new ModernFakeTimers({
	global: globalThis,
	config: { fakeTimers: {}, rootDir: root },
});
const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
const jest = {
	fn: mocker.fn.bind(mocker),
	mocked: (source) => source,
	spyOn: mocker.spyOn.bind(mocker),
	restoreAllMocks: mocker.restoreAllMocks.bind(mocker),
	requireActual: require,
	useFakeTimers: timers.useFakeTimers.bind(timers),
	useRealTimers: timers.useRealTimers.bind(timers),
	setSystemTime: timers.setSystemTime.bind(timers),
	advanceTimersByTimeAsync: timers.advanceTimersByTimeAsync.bind(timers),
	setTimeout: (milliseconds) => {
		circus.getState().testTimeout = milliseconds;
	},
};
const hooks = { beforeAll, beforeEach, afterAll, afterEach };
Object.assign(globalThis, { describe, it, test, ...hooks, expect: jestExpect, jest });

function titleOf({ name, parent }) {
	const isInBlock = parent !== undefined && parent.name !== 'ROOT_DESCRIBE_BLOCK';
	return isInBlock ? `${titleOf(parent)} ${name}` : name;
}

/**
 * @param isWanted tells by its ID whether a test is to be run
 * @param onStart called with the ID of each test before it runs, and with undefined after it
 * @returns the tests that were run; after the first that fails no other is, with `bail`
 */
async function runTestFile(fileName, { isWanted = () => true, onStart = () => {}, bail = false }) {
	for (const name of Object.keys(require.cache)) if (isOurs(name)) delete require.cache[name];
	const idOf = (title) => `${path.relative(root, fileName)}: ${title}`;
	const tests = [];
	let hasFailed = false;
	const listen = ({ name, test: current }) => {
		if (name === 'test_start') onStart(idOf(titleOf(current)));
		if (name !== 'test_done') return;
		onStart(undefined);
		const [error] = current.errors.flat();
		hasFailed ||= current.errors.length > 0;
		tests.push({
			id: idOf(titleOf(current)),
			title: titleOf(current),
			milliseconds: current.duration ?? 0,
			failure: current.errors.length > 0 ? String(error?.message ?? error) : undefined,
		});
	};
	circus.resetState();
	circus.addEventHandler(listen);
	try {
		const state = circus.getState();
		state.testTimeout = TEST_TIMEOUT_MS;
		require(fileName);
		state.testNamePattern = { test: (title) => !(bail && hasFailed) && isWanted(idOf(title)) };
		const { unhandledErrors } = await circus.run();
		return { tests, problem: unhandledErrors[0] };
	} catch (error) {
		return { tests, problem: String(error?.stack ?? error) };
	} finally {
		circus.removeEventHandler(listen);
		mocker.restoreAllMocks();
		timers.useRealTimers();
		onStart(undefined);
	}
}

module.exports = { runTestFile };
