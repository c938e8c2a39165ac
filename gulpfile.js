const { dest, src } = require('gulp');

/** What TypeScript does not emit but n8n reads: icons, codex files and output schemas. */
function copyAssets() {
	return src(['nodes/**/*.{svg,json}', 'credentials/**/*.svg'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

exports.default = copyAssets;
