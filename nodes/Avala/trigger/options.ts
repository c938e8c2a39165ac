import type { INodeProperties } from 'n8n-workflow';

import { customEvents } from '../actions/eventFields';

/** Options that both triggers have. */

export const customEventsOption: INodeProperties = { ...customEvents, name: 'customEvents' };

export const projectsOption: INodeProperties = {
	displayName: 'Project Names or IDs',
	name: 'projects',
	type: 'multiOptions',
	typeOptions: { loadOptionsMethod: 'getProjects' },
	default: [],
	description:
		'Only events of these projects start the workflow; an event that names no project starts it too. Empty means all. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
	builderHint: {
		propertyHint:
			'A list of project uids, as Project Get Many gives them; names are not IDs. Leave it out for all projects.',
	},
};
