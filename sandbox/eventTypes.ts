/** The fifteen event types of Avala's guide. */
const GUIDE_EVENTS = [
	'task.created',
	'task.updated',
	'task.completed',
	'task.reviewed',
	'task.rejected',
	'task.deleted',
	'project.created',
	'project.updated',
	'project.deleted',
	'dataset.created',
	'dataset.updated',
	'dataset.deleted',
	'export.created',
	'export.completed',
	'export.failed',
];

const LATER_EVENTS = ['result.submitted', 'result.accepted', 'result.rejected', 'quality.alert'];

/** All that Avala's documents list, and three that they mention elsewhere. */
export const DOCUMENTED_EVENTS: readonly string[] = [
	...GUIDE_EVENTS,
	...LATER_EVENTS,
	'task.submitted',
	'task.approved',
	'project.status_changed',
];

/** Only those that Avala's newest page lists. */
export const NEWEST_EVENTS: readonly string[] = [
	'dataset.created',
	'dataset.updated',
	'dataset.deleted',
	'export.completed',
	'export.failed',
	'task.completed',
	...LATER_EVENTS,
];

/** Those that an agent may subscribe to. */
export const AGENT_EVENTS = [
	'result.submitted',
	'result.accepted',
	'result.rejected',
	'task.completed',
	'dataset.created',
	'dataset.updated',
	'dataset.deleted',
	'export.completed',
	'export.failed',
] as const;
