const vm = require('node:vm');

const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** Stands for the context of Node itself, which Jest cannot be given. */
const OWN_CONTEXT = vm.createContext();

const { compileFunction } = vm;
vm.compileFunction = (source, names, options) =>
	compileFunction(
		source,
		names,
		options?.parsingContext === OWN_CONTEXT ? { ...options, parsingContext: undefined } : options,
	);

/** Of Node, for loadOnce.js. */
globalThis.requireOnce = require;

/**
 * A Jest environment without a context of its own for each test file. So n8n, which takes longer to load than most
 * test files take to run, can be loaded once for all files of a worker (see loadOnce.js): its arrays and errors are
 * then `instanceof` the same `Array` and `Error` as those of the tests. The project's own files are still loaded anew
 * for each test file.
 */
module.exports = class OneRealm {
	global = globalThis;
	moduleMocker = new ModuleMocker(globalThis);
	fakeTimers = null;

	constructor({ projectConfig }) {
		this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
	}

	getVmContext() {
		return OWN_CONTEXT;
	}

	exportConditions() {
		return ['node', 'node-addons'];
	}

	async setup() {}

	/** What a test file has left behind must not reach the next one. */
	async teardown() {
		this.moduleMocker.restoreAllMocks();
		this.fakeTimersModern.dispose();
	}
};
