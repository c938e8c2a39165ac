import { nearest } from '../../../nodes/Avala/shared/nearest';

const WORDS = ['active', 'completed', 'in_progress', 'lidar', 'mcap', 'private', 'public'];

describe('the word that is meant', () => {
	it.each([
		['pubic', 'public'],
		['PUBLIC ', 'public'],
		['complted', 'completed'],
		['compelted', 'completed'],
		['complet', 'completed'],
		['in progress', 'in_progress'],
		['map', 'mcap'],
	])('by %j differs in two letters at most: %s', (text, word) => {
		expect(nearest(text, WORDS)).toBe(word);
	});

	it.each([
		['done', 'completed'],
		['Finished', 'completed'],
		['complete', 'completed'],
		['ready', 'completed'],
	])('by %j says the same: %s', (text, word) => {
		expect(nearest(text, WORDS)).toBe(word);
	});

	it.each(['', 'x', 'open', 'radar', 'point cloud', 'comp', 'ed', 'x'.repeat(100)])(
		'by %j is none of them',
		(text) => {
			expect(nearest(text, WORDS)).toBeUndefined();
		},
	);

	it('is not one that the list lacks', () => {
		expect(nearest('done', ['private', 'public'])).toBeUndefined();
	});
});
