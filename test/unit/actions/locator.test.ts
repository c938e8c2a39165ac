import { datasetLocator } from '../../../nodes/Avala/actions/dataset';
import { exportLocator } from '../../../nodes/Avala/actions/export/export';
import { idField } from '../../../nodes/Avala/actions/locator';
import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { webhookLocator } from '../../../nodes/Avala/actions/webhook/locator';
import { TASKS } from '../../../nodes/Avala/transport/paths';

/** A run that tells which webhook is looked for. */
const RUN = {
	once: async (key: unknown[]) => await Promise.resolve(key),
} as unknown as ItemRun;

describe.each([
	['Dataset', 'a dataset', datasetLocator],
	['Export', 'an export', exportLocator],
	['Task ID', 'a task', idField(TASKS, 'Task ID', { description: '', hint: '' })],
])('%s', (label, noun, { read, property }) => {
	it.each([
		[{ mode: 'id', value: ' p_1 ' }, 'p_1'],
		[' p_1\n', 'p_1'],
		[17, '17'],
		[{ mode: 'id', value: 17 }, '17'],
	])('is an ID, which may be a number: %j', (given, id) => {
		expect(read(given, RUN)).toBe(id);
	});

	it.each(['', ' ', null, undefined, { value: '' }])('that is empty says so: %j', (given) => {
		const isMissing = given === undefined || given === null;
		const why = isMissing ? ': the expression gave nothing' : '';
		expect(() => read(given, RUN)).toThrow(`'${label}' is empty${why}.`);
	});

	it.each([{}, { uid: 'p_1' }, ['p_1'], true])('that holds none is refused: %j', (given) => {
		expect(() => read(given, RUN)).toThrow(
			expect.objectContaining({
				message: expect.stringMatching(`^'${label}' cannot be `),
				description: `It must be ${noun} or its ID.`,
			}),
		);
	});

	it('that cannot be an ID is refused by name', () => {
		expect(() => read('../x', RUN)).toThrow(`'${label}' cannot be "../x".`);
	});

	it('says what to select, in good English', () => {
		const [list] = property.modes ?? [];
		expect(list?.placeholder ?? `Select ${noun}…`).toBe(`Select ${noun}…`);
	});
});

describe('a webhook', () => {
	const picked = async (locator: unknown) => await webhookLocator.read(locator, RUN);

	it.each([{ mode: 'id', value: ' wh_1 ' }, { mode: 'list', value: 'wh_1' }, 'wh_1 '])(
		'is picked by its ID: %j',
		async (locator) => {
			expect(await picked(locator)).toBe('wh_1');
		},
	);

	it.each([
		['https://example.com/a', { mode: 'url', value: ' https://example.com/a ' }],
		['example.com/a', { mode: 'url', value: 'example.com/a' }],
		['https://example.com/a', { mode: 'id', value: 'https://example.com/a' }],
		['HTTP://example.com/a', 'HTTP://example.com/a'],
	])('is picked by its target URL %s in every mode: %j', async (targetUrl, locator) => {
		expect(await picked(locator)).toEqual(['webhookId', targetUrl]);
	});

	it.each(['', ' ', null, {}, { mode: 'url', value: ' ' }])(
		'that is not picked is an error: %j',
		async (locator) => {
			await expect(picked(locator)).rejects.toThrow("'Webhook' is empty.");
		},
	);

	it('is neither an ID nor a target URL in a sentence', async () => {
		await expect(picked('see https://example.com/a')).rejects.toThrow("'Webhook' cannot be");
	});
});
