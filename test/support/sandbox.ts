import type { Sandbox, SandboxOptions, WireFormat } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import { WIRE_FORMATS } from '../../sandbox/wireFormat';

/**
 * A sandbox for the tests of a file, without a rate limit, in the newest wire format, and reset before each test.
 *
 * @param use given the sandbox once it has started
 * @returns declares tests that run in each wire format
 */
export function useSandbox(
	use: (avala: Sandbox) => void,
	options: SandboxOptions = {},
): (tests: (wireFormat: WireFormat) => void) => void {
	let avala: Sandbox;
	let current: WireFormat = 'newer';
	beforeAll(async () => {
		avala = await startSandbox({ rateLimit: false, ...options });
		use(avala);
	});
	afterAll(async () => await avala.stop());
	beforeEach(() => {
		avala.wireFormat = current;
		avala.reset();
	});
	return (tests) => {
		describe.each(WIRE_FORMATS)('in the %s wire format', (wireFormat) => {
			beforeAll(() => {
				current = wireFormat;
			});
			afterAll(() => {
				current = 'newer';
			});
			tests(wireFormat);
		});
	};
}
