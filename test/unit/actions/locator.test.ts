import { datasetLocator } from '../../../nodes/Avala/actions/dataset/locator';
import { exportLocator } from '../../../nodes/Avala/actions/export/locator';
import { idIn } from '../../../nodes/Avala/actions/locator';
import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { webhookIdOf } from '../../../nodes/Avala/actions/webhook/locator';
import { EXPORTS, PROJECTS } from '../../../nodes/Avala/transport/paths';

describe('what picks one thing', () => {
	it.each([{ mode: 'id', value: ' p_1 ' }, 'p_1', ' p_1\n'])('is its ID: %j', (given) => {
		expect(idIn(PROJECTS, 'Project', given)).toBe('p_1');
	});

	it('may be a number, as an expression gives it', () => {
		expect(idIn(PROJECTS, 'Project', 17)).toBe('17');
		expect(idIn(PROJECTS, 'Project', { mode: 'id', value: 17 })).toBe('17');
	});

	it.each(['', ' ', null, undefined, {}, { uid: 'p_1' }, { value: '' }, ['p_1']])(
		'is refused by name when there is no ID in it: %j',
		(given) => {
			expect(() => idIn(PROJECTS, 'Project', given)).toThrow(
				"'Project' must be a project or its ID",
			);
			expect(() => idIn(EXPORTS, 'Export', given)).toThrow("'Export' must be an export or its ID");
		},
	);

	it('is refused by name when it cannot be an ID', () => {
		expect(() => idIn(PROJECTS, 'Project', '../x')).toThrow(`'Project' is "../x"`);
	});

	it('says what to select, in good English', () => {
		const [dataset, anExport] = [datasetLocator, exportLocator].map(({ modes }) => modes?.[0]);
		expect(dataset?.placeholder).toBe('Select a dataset…');
		expect(anExport?.placeholder).toBe('Select an export…');
	});
});

describe('what picks a webhook', () => {
	/** The ID that it gives, or the target URL that is looked for. */
	const picked = async (locator: unknown) => {
		let lookedFor: unknown;
		const once = async (key: unknown[]) => {
			lookedFor = key;
			return await Promise.resolve('wh_found');
		};
		const id = await webhookIdOf({ once } as unknown as ItemRun, locator);
		return lookedFor ?? id;
	};

	it.each([{ mode: 'id', value: ' wh_1 ' }, { mode: 'list', value: 'wh_1' }, 'wh_1 '])(
		'is its ID: %j',
		async (locator) => {
			expect(await picked(locator)).toBe('wh_1');
		},
	);

	it.each([
		['https://example.com/a', { mode: 'url', value: ' https://example.com/a ' }],
		['example.com/a', { mode: 'url', value: 'example.com/a' }],
		['https://example.com/a', { mode: 'id', value: 'https://example.com/a' }],
		['HTTP://example.com/a', 'HTTP://example.com/a'],
	])('is its target URL %s in every mode: %j', async (targetUrl, locator) => {
		expect(await picked(locator)).toEqual(['webhookId', targetUrl]);
	});

	it.each(['', ' ', null, {}, { mode: 'url', value: ' ' }])(
		'is refused by name when it is empty: %j',
		async (locator) => {
			await expect(picked(locator)).rejects.toThrow(
				"'Webhook' is empty. Select a webhook from the list, or enter its ID or its target URL; an expression may have given nothing.",
			);
		},
	);

	it('is refused by name when it is neither', async () => {
		await expect(picked('see https://example.com/a')).rejects.toThrow(
			`'Webhook' is "see https://example.com/a"`,
		);
	});
});
