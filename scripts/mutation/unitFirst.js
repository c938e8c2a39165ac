const { default: Sequencer } = require('@jest/test-sequencer');

/** Unit tests are the quickest to notice a change. */
module.exports = class UnitFirst extends Sequencer {
	sort(tests) {
		return tests.toSorted((a, b) => b.path.localeCompare(a.path));
	}
};
