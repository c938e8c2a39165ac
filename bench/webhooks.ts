import './sourcesFirst';

import { AvalaTrigger } from '../nodes/Avala/AvalaTrigger.node';
import type { Sandbox } from '../sandbox';
import { startSandbox } from '../sandbox';
import { hookContext } from '../test/support/contexts';
import type { BenchOptions, Check, Section } from './report';

const ACCOUNTS = [10, 1000, 10_000];
const STEPS = [
	'first activation',
	'activation, the webhook is there',
	'deactivation',
	'deactivation, its id was lost',
] as const;
/** In these the node knows the webhook's id and needs no list. */
const WITH_ID = [STEPS[1], STEPS[2]];

/** How many requests one activation and one deactivation take, by the number of webhooks in the account. */
export async function benchWebhooks({ tell }: BenchOptions): Promise<Section[]> {
	const counts: Array<Record<string, number>> = [];
	for (const size of ACCOUNTS) {
		tell(`One activation with ${size} webhooks in the account`);
		const avala = await startSandbox({
			rateLimit: false,
			pingOnCreate: false,
			sampleData: false,
		});
		try {
			counts.push(await countRequests(avala, size));
		} finally {
			await avala.stop();
		}
	}
	return [
		{
			title: '6. Requests of one activation, by webhooks in the account',
			columns: ['', ...ACCOUNTS.map((size) => size.toLocaleString('en'))],
			rows: STEPS.map((step) => [step, ...counts.map((count) => String(count[step]))]),
			checks: WITH_ID.map((step): Check => {
				const [few, , many] = counts.map((count) => count[step] ?? NaN);
				return {
					what: `${step}: requests with 10,000 webhooks beyond those with 10`,
					value: (many ?? NaN) - (few ?? NaN),
					most: 0,
				};
			}),
		},
	];
}

/** @param size how many webhooks the account already has, older than the trigger's own */
async function countRequests(avala: Sandbox, size: number): Promise<Record<string, number>> {
	for (let index = 0; index < size; index++)
		avala.addWebhook({ targetUrl: `https://example.com/hook/${index}` });
	const { baseUrl, apiKey } = avala;
	const staticData: Record<string, never> = {};
	const methods = new AvalaTrigger().webhookMethods.default;
	const context = () =>
		hookContext({
			parameters: { events: ['task.completed'] },
			staticData,
			credentials: { baseUrl, apiKey },
		});
	const activate = async () => {
		if (!(await methods.checkExists.call(context()))) await methods.create.call(context());
	};
	const deactivate = async () => await methods.delete.call(context());
	const requestsOf = async (work: () => Promise<unknown>): Promise<number> => {
		avala.clearRequests();
		await work();
		return avala.requests().length;
	};
	const [first, again, deactivated, lost] = STEPS;
	const counts: Record<string, number> = {
		[first]: await requestsOf(activate),
		[again]: await requestsOf(activate),
		[deactivated]: await requestsOf(deactivate),
	};
	await activate();
	for (const key of Object.keys(staticData)) delete staticData[key];
	counts[lost] = await requestsOf(deactivate);
	const left = avala.webhooks().length - size;
	if (left !== 0) throw new Error(`${left} webhooks were left behind`);
	return counts;
}
