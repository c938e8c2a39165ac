/** A sandbox with so many deliveries, one in a hundred of them a failed export; tells its base URL. */
import { startSandbox } from '../sandbox';

const count = Number(process.argv[2]);
const FIRST = Date.parse('2026-03-01T00:00:00Z');

function* deliveries() {
	for (let index = 0; index < count; index++) {
		const createdAt = new Date(FIRST + index * 1000).toISOString();
		const type = index % 100 === 0 ? 'export.failed' : 'task.completed';
		const data = {
			uid: `task_${index}`,
			status: 'completed',
			project_uid: 'proj_abc123',
			assignee: 'ann@example.com',
			completed_at: createdAt,
			note: 'as long as what a person writes about a task '.repeat(5),
		};
		yield {
			event: { id: `evt_${index}`, type, created_at: createdAt, data },
			createdAt,
			updatedAt: createdAt,
		};
	}
}

async function main(): Promise<void> {
	const avala = await startSandbox({ rateLimit: false, wireFormat: 'older' });
	avala.seedDeliveries(deliveries());
	process.on('message', () => {
		const requests = avala.requests().length;
		avala.clearRequests();
		process.send?.(requests);
	});
	process.send?.({ baseUrl: avala.baseUrl, apiKey: avala.apiKey });
}

void main();
