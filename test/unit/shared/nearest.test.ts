import { nearest } from '../../../nodes/Avala/shared/nearest';

const WORDS = [
	'active',
	'completed',
	'image_3d',
	'in_progress',
	'lidar',
	'mcap',
	'private',
	'public',
	'task.deleted',
	'task.reviewed',
];

describe('the word that is meant', () => {
	it.each([
		['pubic', 'public'],
		['publiic', 'public'],
		['publac', 'public'],
		['pubilc', 'public'],
		['ublic', 'public'],
		['PUBLIC ', 'public'],
		['complted', 'completed'],
		['compelted', 'completed'],
		['compltd', 'completed'],
		['copmletde', 'completed'],
		['in progress', 'in_progress'],
		['inprogress', 'in_progress'],
		['in_progres', 'in_progress'],
		['in  progres', 'in_progress'],
		['in prog ress', 'in_progress'],
		['imgae 3d', 'image_3d'],
		['map', 'mcap'],
		['tsk.deleted', 'task.deleted'],
		['task_deletd', 'task.deleted'],
	])('by %j differs by a slip: %s', (text, word) => {
		expect(nearest(text, WORDS)).toBe(word);
	});

	it.each([
		['done', 'completed'],
		['Finished', 'completed'],
		['complete', 'completed'],
		[' done ', 'completed'],
	])('by %j says the same: %s', (text, word) => {
		expect(nearest(text, WORDS)).toBe(word);
	});

	it.each(['inactive', 'reactive', 'uncompleted', 'task.undeleted', 'task.previewed'])(
		'by %j is not the one with another prefix',
		(text) => {
			expect(nearest(text, WORDS)).toBeUndefined();
		},
	);

	it.each(['image_2d', 'image_4', 'lidar2', 'mcap1'])(
		'by %j is not one with other digits',
		(text) => {
			expect(nearest(text, WORDS)).toBeUndefined();
		},
	);

	it.each(['pubixc', 'pubxlc', 'pubilk', 'task.deleted.twice'])(
		'by %j differs by more than a slip',
		(text) => {
			expect(nearest(text, WORDS)).toBeUndefined();
		},
	);

	it.each(['', 'x', 'open', 'radar', 'ready', 'point cloud', 'comp', 'ed', 'x'.repeat(100)])(
		'by %j is none of them',
		(text) => {
			expect(nearest(text, WORDS)).toBeUndefined();
		},
	);

	it('is the nearest one when several are near', () => {
		expect(nearest('completedd', ['complettid', 'completed'])).toBe('completed');
	});

	it('is not one that the list lacks', () => {
		expect(nearest('done', ['private', 'public'])).toBeUndefined();
	});
});
