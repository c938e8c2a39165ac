import type { INodeProperties } from 'n8n-workflow';

import type { Collection, Endpoint } from '../transport/paths';
import { avalaRequest } from '../transport/request';
import type { ItemRun, Operation } from './operation';
import { itemsOf } from './operation';

/** The operation Delete. @param endpointOf what the parameters stand for */
export function deleteOperation(
	{ noun }: Pick<Collection, 'noun'>,
	description: string,
	properties: INodeProperties[],
	endpointOf: (run: ItemRun) => Promise<Endpoint>,
): Operation {
	return {
		option: { name: 'Delete', value: 'delete', action: `Delete ${noun}`, description },
		properties,
		async execute(run) {
			await avalaRequest(run.connection, { method: 'DELETE', endpoint: await endpointOf(run) });
			return itemsOf([{ deleted: true }]);
		},
	};
}
