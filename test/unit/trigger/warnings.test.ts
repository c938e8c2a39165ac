import { warnOnce } from '../../../nodes/Avala/trigger/warnings';
import { webhookContext } from '../../support/contexts';

const MINUTE = 60_000;
const LONG = Array.from(
	{ length: 60 },
	(_, index) => ` ${String.fromCharCode(65 + (index % 26))}`,
).join(' word');
let now = Date.parse('2026-03-02T10:00:00Z');
let written: jest.SpyInstance;

/** Warnings of the trigger with this ID in this workflow. */
function trigger(nodeId = 'node-1', workflow: { id?: string; name?: string } = {}) {
	const context = webhookContext(
		{ parameters: {}, staticData: {}, credentials: { apiKey: 'k', baseUrl: 'https://a.example' } },
		{ request: {}, response: {} },
	);
	jest.spyOn(context, 'getNode').mockReturnValue({ ...context.getNode(), id: nodeId });
	jest
		.spyOn(context, 'getWorkflow')
		.mockReturnValue({ id: '1', name: 'Orders', active: true, ...workflow });
	return { warn: (message: string) => warnOnce(context, message), logger: context.logger };
}

/** @returns how many of these warnings reach n8n's log */
function reaching(...messages: string[]): number {
	written.mockClear();
	for (const message of messages) trigger().warn(message);
	return written.mock.calls.length;
}

beforeEach(() => {
	now += 24 * 60 * MINUTE;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
	written = jest.spyOn(trigger().logger, 'warn').mockImplementation(() => undefined);
	written.mockClear();
});

describe('a warning about requests', () => {
	it('names the node and the workflow', () => {
		trigger().warn('Refused.');
		expect(written).toHaveBeenCalledWith('Avala Trigger in workflow Orders (1): Refused.');
		trigger('node-1', { id: undefined, name: undefined }).warn('Refused.');
		expect(written).toHaveBeenLastCalledWith('Avala Trigger in workflow  (not saved): Refused.');
	});

	it.each([
		['in a number', 'No response after 1012 ms.', 'No response after 7 ms.'],
		['in a quoted value', 'Not understood: "a".', 'Not understood: "b".'],
		['in a quoted value with quotes', String.raw`Got "a\"b" here.`, String.raw`Got "c\"d" here.`],
		['behind 200 characters', 'x'.repeat(200) + 'a', 'x'.repeat(200) + 'b'],
		[
			'in the length of a value',
			`Got "${'a'.repeat(30)}".${LONG}`,
			`Got "${'b'.repeat(90)}".${LONG}`,
		],
		['in a value that is cut off', `Got "${'a'.repeat(3000)}"`, `Got "${'b'.repeat(3000)}"`],
	])('counts as the same when it differs only %s', (_, first, second) => {
		expect(reaching(first, second)).toBe(1);
	});

	it.each([
		['between two quoted values', 'Got "a" for "b".', 'Got "a" from "b".'],
		['within 200 characters', 'x'.repeat(199) + 'a', 'x'.repeat(199) + 'b'],
	])('is another one when it differs %s', (_, first, second) => {
		expect(reaching(first, second)).toBe(2);
	});

	it('is written however long a value in it is, or n8n would respond 500 to the request', () => {
		expect(reaching(`Got "${'a'.repeat(20_000_000)}"`)).toBe(1);
	});

	it('is written for each node and each workflow', () => {
		trigger('node-1').warn('Refused.');
		trigger('node-2').warn('Refused.');
		trigger('node-2', { id: '2' }).warn('Refused.');
		expect(written).toHaveBeenCalledTimes(3);
	});

	it('is forgotten when a thousand others came after it, so that memory does not grow', () => {
		expect(reaching('Refused.')).toBe(1);
		for (let node = 0; node < 900; node++) trigger(`other-${node}`).warn('Refused.');
		expect(reaching('Refused.')).toBe(0);
		for (let node = 900; node < 1000; node++) trigger(`other-${node}`).warn('Refused.');
		expect(reaching('Refused.')).toBe(1);
	});
});
