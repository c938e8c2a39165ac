import { exportState } from '../../../nodes/Avala/shared/export';

it.each([
	['exported', 'ready'],
	['completed', 'ready'],
	['Completed', 'ready'],
	['failed', 'failed'],
	['requested', 'running'],
	['pending', 'running'],
	['processing', 'running'],
	['a word of tomorrow', 'running'],
	[null, 'running'],
	[undefined, 'running'],
	[7, 'running'],
	[{ name: 'completed' }, 'running'],
])('an export with the status %j is %s', (status, state) => {
	expect(exportState({ status })).toBe(state);
});
