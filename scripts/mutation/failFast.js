const OneRealm = require('../../test/support/oneRealm');

/** Under Stryker, which needs no more than one test that notices a change; without, nobody is told of a failure. */
let noticed;

/** A Jest environment that skips what is left to run once a test has noticed the change that is being tried. */
module.exports = class FailFast extends OneRealm {
	handleTestEvent({ name, test }) {
		super.handleTestEvent();
		const change = process.env.__STRYKER_ACTIVE_MUTANT__;
		if (change === undefined) return;
		if (name === 'test_start' && noticed === change) test.mode = 'skip';
		if (name === 'test_done' && test.errors.length > 0) noticed = change;
	}
};
