import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import type { SandboxOptions } from './index';
import { startSandbox } from './index';
import { WIRE_FORMATS } from './wireFormat';

const KNOWN_EVENTS = ['documented', 'newest'] as const;

const USAGE = `Starts a stand-in for Avala on this machine.

npm run sandbox -- [options]
  --port 4010            port to listen on (4010)
  --wire-format newer    how Avala's requests and responses look: guide (default), older or newer
  --clock-speed 60       how many times faster than real time retries come and exports get ready (1);
                         with 60, what takes an hour takes a minute
  --known-events newest  event types that webhooks may subscribe to: documented (default), or newest
                         for those alone that Avala's newest page lists
  --no-sample-data       start without projects, tasks and datasets
  --no-rate-limit        accept any number of requests (otherwise 100 a minute and 20 a second)
  --ca front.pem         certificate authority to trust when events are delivered over https
  --state state.json     keep everything in this file, so that a restart loses nothing
  --help                 show this
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			'wire-format': { type: 'string', default: 'guide' },
			'clock-speed': { type: 'string', default: '1' },
			ca: { type: 'string' },
			state: { type: 'string' },
			'known-events': { type: 'string', default: 'documented' },
			'no-sample-data': { type: 'boolean', default: false },
			'no-rate-limit': { type: 'boolean', default: false },
			help: { type: 'boolean', short: 'h', default: false },
		},
	});
	if (values.help) {
		console.log(USAGE);
		return;
	}
	const options: SandboxOptions = {
		port: numberOf('--port', values.port, 0, 65_535),
		wireFormat: oneOf('--wire-format', values['wire-format'], WIRE_FORMATS),
		clockSpeed: numberOf('--clock-speed', values['clock-speed'], 0.001, 1_000_000),
		ca: values.ca === undefined ? undefined : readFileSync(values.ca, 'utf8'),
		knownEvents: oneOf('--known-events', values['known-events'], KNOWN_EVENTS),
		sampleData: !values['no-sample-data'],
		stateFile: values.state,
		rateLimit: values['no-rate-limit'] ? false : undefined,
	};
	const sandbox = await startSandbox(options);
	console.log(`Console   ${sandbox.url}`);
	console.log(`Base URL  ${sandbox.baseUrl}`);
	console.log(`API key   ${sandbox.apiKey}`);
	console.log('Press Ctrl-C to stop.');
	const end = () => void sandbox.stop().then(() => process.exit(0));
	process.once('SIGINT', end);
	process.once('SIGTERM', end);
}

function oneOf<T extends string>(option: string, text: string, known: readonly T[]): T {
	const found = known.find((each) => each === text);
	if (found !== undefined) return found;
	throw new Error(`${option} must be one of ${known.join(', ')}; ${text} is not.`);
}

function numberOf(option: string, text: string, least: number, most: number): number {
	const number = Number(text);
	if (text.trim() !== '' && number >= least && number <= most) return number;
	throw new Error(`${option} must be a number from ${least} to ${most}; ${text} is not.`);
}

main().catch((error: unknown) => {
	const isBusy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
	const message = error instanceof Error ? error.message : String(error);
	console.error(
		isBusy ? `${message}. Another program uses this port; select another with --port.` : message,
	);
	process.exitCode = 1;
});
