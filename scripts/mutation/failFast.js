const asyncHooks = require('node:async_hooks');

const OneRealm = require('../../test/support/oneRealm');

const { AsyncLocalStorage } = asyncHooks;

/** The change that a test has noticed. */
let noticed;

/**
 * The environment of Jest under Stryker, which runs the same test files hundreds of times in a process: once a test
 * has noticed the change that is being tried, what is left to run is skipped.
 */
module.exports = class FailFast extends OneRealm {
	storages = [];

	/** Jest makes an AsyncLocalStorage for each test file, and until Node 22 every promise passes all of them. */
	constructor(...options) {
		super(...options);
		const { storages } = this;
		const value = class extends AsyncLocalStorage {
			constructor(...given) {
				super(...given);
				storages.push(this);
			}
		};
		Object.defineProperty(asyncHooks, 'AsyncLocalStorage', { value, writable: true });
	}

	handleTestEvent({ name, test }) {
		// The first event comes before the test file is loaded, and Jest has made its own by then.
		asyncHooks.AsyncLocalStorage = AsyncLocalStorage;
		const change = process.env.__STRYKER_ACTIVE_MUTANT__;
		if (change === undefined) return;
		if (name === 'test_start' && noticed === change) test.mode = 'skip';
		if (name === 'test_done' && test.errors.length > 0) noticed = change;
	}

	async teardown() {
		for (const storage of this.storages) storage.disable();
		await super.teardown();
	}
};
