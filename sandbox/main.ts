import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import type { SandboxOptions } from './index';
import { startSandbox } from './index';
import type { WireFormat } from './wireFormat';

const USAGE = `Starts a stand-in for Avala on this machine.

npm run sandbox -- [options]
  --port 4010            port to listen on
  --wire-format guide     wire format: guide, older or newer
  --clock-speed 60       how many times faster than real time retries come (60: an hour in a minute)
  --ca front.pem         certificate authority to trust when events are delivered over https
  --state state.json     keep webhooks and deliveries there over a restart
  --no-rate-limit        answer any number of requests
`;

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '4010' },
			'wire-format': { type: 'string', default: 'guide' },
			'clock-speed': { type: 'string', default: '1' },
			ca: { type: 'string' },
			state: { type: 'string' },
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
		wireFormat: wireFormatOf(values['wire-format']),
		clockSpeed: numberOf('--clock-speed', values['clock-speed'], 0.001, 1_000_000),
		ca: values.ca === undefined ? undefined : readFileSync(values.ca, 'utf8'),
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

function wireFormatOf(text: string): WireFormat {
	if (text === 'guide' || text === 'older' || text === 'newer') return text;
	throw new Error(`--wire-format is one of guide, older, newer; not ${text}.`);
}

function numberOf(option: string, text: string, least: number, most: number): number {
	const number = Number(text);
	if (text.trim() !== '' && number >= least && number <= most) return number;
	throw new Error(`${option} is a number from ${least} to ${most}; not ${text}.`);
}

main().catch((error: unknown) => {
	const isBusy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
	const message = error instanceof Error ? error.message : String(error);
	console.error(
		isBusy ? `${message}. Another program uses this port; choose one with --port.` : message,
	);
	process.exitCode = 1;
});
