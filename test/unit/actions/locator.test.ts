import { datasetLocator } from '../../../nodes/Avala/actions/dataset';
import { exportLocator } from '../../../nodes/Avala/actions/export/export';
import type { ItemRun } from '../../../nodes/Avala/actions/operation';
import { webhookLocator } from '../../../nodes/Avala/actions/webhook/locator';

/** A run that tells which webhook is looked for. */
const RUN = {
	once: async (key: unknown[]) => await Promise.resolve(key),
} as unknown as ItemRun;

it('a value that holds no ID is refused with what it must be', () => {
	const refused = (description: string) => expect.objectContaining({ description });
	expect(() => exportLocator.read({}, RUN)).toThrow(refused('It must be an export or its ID.'));
	expect(() => datasetLocator.read(true, RUN)).toThrow(refused('It must be a dataset or its ID.'));
});

describe('a webhook', () => {
	const picked = async (locator: unknown) => await webhookLocator.read(locator, RUN);

	it.each([
		['example.com/a', { mode: 'url', value: 'example.com/a' }],
		['HTTP://example.com/a', 'HTTP://example.com/a'],
	])('is picked by its target URL %s in every mode: %j', async (targetUrl, locator) => {
		expect(await picked(locator)).toEqual(['webhookId', targetUrl]);
	});

	it('is neither an ID nor a target URL in a sentence', async () => {
		await expect(picked('see https://example.com/a')).rejects.toThrow("'Webhook' cannot be");
	});
});
