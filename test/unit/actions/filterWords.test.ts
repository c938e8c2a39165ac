import {
	explainNothing,
	isEvery,
	isWord,
	readWord,
} from '../../../nodes/Avala/actions/filterWords';
import type { FilterWord } from '../../../nodes/Avala/actions/filterWords';
import type { ItemRun } from '../../../nodes/Avala/actions/operation';

const STATUSES = [
	{ name: 'In Progress', value: 'in_progress' },
	{ name: '3D Image', value: 'image_3d' },
];

describe('a word in a filter', () => {
	it.each(['in_progress', 'In Progress', ' IN-PROGRESS ', 'in  progress'])(
		'is sent as Avala writes it: %j',
		(given) => {
			expect(readWord('Status', given, STATUSES)).toBe('in_progress');
		},
	);

	it('is found by its label too, which may be quite another', () => {
		expect(readWord('Data Type', '3d image', STATUSES)).toBe('image_3d');
	});

	it('goes to Avala as it is when the list lacks it', () => {
		expect(readWord('Status', ' On Hold ', STATUSES)).toBe('On Hold');
	});

	it.each(['all', ' ANY\n', '*'])('is no restriction: %j', (given) => {
		expect(isEvery(given)).toBe(true);
		expect(readWord('Status', given, STATUSES)).toBeUndefined();
	});

	it.each(['overall', 'allow', 'many', '**', '', ['all']])('is not taken for all: %j', (given) => {
		expect(isEvery(given)).toBe(false);
	});

	it('that is empty or no text is refused by name', () => {
		for (const given of ['', ' ', ['a'], {}, null]) {
			expect(() => readWord('Status', given, STATUSES)).toThrow("'Status'");
		}
	});

	it('is compared as a whole, in any case and with any signs between its words', () => {
		expect(isWord('In-Progress', 'in_progress')).toBe(true);
		expect(isWord('in progress', ' IN_PROGRESS')).toBe(true);
		expect(isWord('inprogress', 'in_progress')).toBe(false);
		expect(isWord('in_progress_2', 'in_progress')).toBe(false);
	});

	it('lets a field pass that cannot tell, and everything where it was not added', () => {
		for (const sent of [undefined, null, 7, ['active']]) expect(isWord(sent, 'active')).toBe(true);
		expect(isWord('active', undefined)).toBe(true);
	});
});

describe('when nothing was found', () => {
	const explained = (count: number, ...filters: FilterWord[]) => {
		const hints: string[] = [];
		const run: Partial<ItemRun> = { hint: (message) => hints.push(message) };
		explainNothing(run as ItemRun, count, filters);
		return hints;
	};
	const status = (word?: string) => ({ name: 'Status', word, known: STATUSES });

	it('a word that Avala does not document is named, with those that it does', () => {
		expect(explained(0, status('on hold'), status('x'.repeat(200)))).toEqual([
			`Nothing was found for 'Status' "on hold", which Avala does not document. Known values: in_progress, image_3d.`,
			`Nothing was found for 'Status' "${'x'.repeat(80)}", which Avala does not document. Known values: in_progress, image_3d.`,
		]);
	});

	it('a slip in any of the words is an error that says what is meant, before any hint', () => {
		expect(() => explained(0, status('on hold'), status('in_progres'))).toThrow(
			`Nothing was found for 'Status' "in_progres". Did you mean in_progress? Known values: in_progress, image_3d.`,
		);
	});

	it('nothing is said of a documented word, of no word, or when something was found', () => {
		expect(explained(0, status('in_progress'), status())).toEqual([]);
		expect(explained(1, status('in_progres'))).toEqual([]);
	});
});
