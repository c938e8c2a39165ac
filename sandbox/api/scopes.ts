/** What a key may do. */
export const SCOPES = [
	'webhooks.read',
	'webhooks.write',
	'exports.read',
	'exports.create',
	'tasks.read',
	'projects.read',
	'datasets.read',
] as const;

export type Scope = (typeof SCOPES)[number];
