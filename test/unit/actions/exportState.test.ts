import { exportState } from '../../../nodes/Avala/actions/export/state';

it.each([
	['exported', 'ready'],
	['completed', 'ready'],
	['Completed', 'ready'],
	['complete', 'ready'],
	['ready', 'ready'],
	['success', 'ready'],
	['succeeded', 'ready'],
	['done', 'ready'],
	['finished', 'ready'],
	['failed', 'failed'],
	['failure', 'failed'],
	[' ERROR ', 'failed'],
	['requested', 'running'],
	['pending', 'running'],
	['processing', 'running'],
	['canceled', 'running'],
	['a word of tomorrow', 'running'],
	[null, 'running'],
	[undefined, 'running'],
	[7, 'running'],
	[{ name: 'completed' }, 'running'],
])('an export with the status %j is %s', (status, state) => {
	expect(exportState({ status })).toBe(state);
});
