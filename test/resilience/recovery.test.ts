import { setTimeout as wait } from 'node:timers/promises';

import type { Json } from '../../harness/restData';
import { openQueueStage, openStage } from '../../harness/suite';
import { missEvents, publishBothTriggers, untilHandled } from '../support/bothTriggers';
import { tell } from './load';

jest.setTimeout(900_000);

const KILLS = 10;

const tasksIn = (items: Json[]) => items.map((item) => String(item.resource_uid)).sort();

it(`n8n is killed at ${KILLS} random moments, and every event that was missed starts the workflow once`, async () => {
	const stage = await openStage();
	try {
		stage.avala.wireFormat = 'older';
		const workflow = await publishBothTriggers(stage);
		const missed: string[] = [];
		for (let kill = 1; kill <= KILLS; kill++) {
			// Some while n8n polls, some while it is down; one that arrives keeps the webhook active.
			missed.push(...(await missEvents(stage, 3)));
			const delayMs = Math.round(Math.random() * 4_000);
			await wait(delayMs);
			await stage.n8n.kill();
			if (kill % 2 === 0) missed.push(...(await missEvents(stage, 3)));
			await stage.start();
			await stage.client.untilPublished(workflow.id);
			const items = await untilHandled(stage, workflow, missed.length);
			tell(`Kill ${kill} after ${delayMs} ms: ${items.length} of ${missed.length} given`);
		}
		// What would be given twice is given by now.
		await stage.deliver();
		const items = await untilHandled(stage, workflow, missed.length + 1);
		expect(tasksIn(items.filter(({ recovered }) => recovered === true))).toEqual(missed.sort());
	} finally {
		await stage.close();
	}
});

it('in queue mode main polls, and goes on after it was killed', async () => {
	const queue = await openQueueStage();
	const { stage } = queue;
	try {
		stage.avala.wireFormat = 'older';
		const workflow = await publishBothTriggers(stage);
		const missed = await missEvents(stage, 2);
		await untilHandled(stage, workflow, 2);
		await stage.process('main').kill();
		missed.push(...(await missEvents(stage, 2)));
		await stage.start();
		const items = await untilHandled(stage, workflow, 4);
		expect(tasksIn(items)).toEqual(missed.sort());
	} finally {
		await queue.close();
	}
});
