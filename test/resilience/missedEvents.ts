import type { Json } from '../../harness/restData';
import type { Stage } from '../../harness/stage';

/** What Get Missed Events gives on this stage. */
export async function missedEvents(stage: Stage): Promise<Json[]> {
	return await stage.runAvala({
		resource: 'delivery',
		operation: 'getMissedEvents',
		returnAll: true,
	});
}
