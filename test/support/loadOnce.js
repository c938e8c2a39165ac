/** Has a package loaded by Node, once for all test files of a worker (see oneRealm.js), and not by Jest for each. */
exports.process = (_source, file) => ({
	code: `module.exports = requireOnce(${JSON.stringify(file)});`,
});
