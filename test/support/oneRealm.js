const vm = require('node:vm');

const { ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** Stands for the context of Node itself, which Jest cannot be given. */
const OWN_CONTEXT = vm.createContext();
/** Where Jest's test framework keeps its state, anew for each test file. */
const STATE_OF_JEST = ['EVENT_HANDLERS', 'JEST_STATE_SYMBOL'];

/** What Jest loads anew for each test file, its own modules among them, is compiled once. */
const compiled = new Map();
const { compileFunction } = vm;
vm.compileFunction = (source, names, options) => {
	if (options?.parsingContext !== OWN_CONTEXT) return compileFunction(source, names, options);
	const known = compiled.get(options.filename);
	if (known?.source === source) return known.run;
	const run = compileFunction(source, names, { ...options, parsingContext: undefined });
	compiled.set(options.filename, { source, run });
	return run;
};

/** Node's own, for loadOnce.js. */
globalThis.requireOnce = require;

/**
 * A Jest environment without a context of its own for each test file. So n8n, which takes longer to load than most
 * test files take to run, can be loaded once for all files of a worker (see loadOnce.js): its arrays and errors are
 * then `instanceof` the same `Array` and `Error` as those of the tests. The project's own files are still loaded anew
 * for each test file, and spies and fake timers end with it.
 */
module.exports = class OneRealm {
	global = globalThis;
	moduleMocker = new ModuleMocker(globalThis);
	fakeTimers = null;
	/** Jest puts its own in their place. */
	ofNode = { console: globalThis.console, exit: process.exit };

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

	/** What Jest leaves behind would slow down the next test files. */
	async teardown() {
		this.moduleMocker.restoreAllMocks();
		this.fakeTimersModern.dispose();
		globalThis.console = this.ofNode.console;
		process.exit = this.ofNode.exit;
		for (const key of Object.getOwnPropertySymbols(globalThis)) {
			if (STATE_OF_JEST.includes(key.description)) delete globalThis[key];
		}
	}
};
