/** What a key may do. For auto-label jobs none is documented. */
export const SCOPES = [
	'webhooks.read',
	'webhooks.write',
	'exports.read',
	'exports.create',
	'tasks.read',
	'projects.read',
	'datasets.read',
	'agents.read',
	'agents.write',
	'qc.read',
	'qc.write',
] as const;

export type Scope = (typeof SCOPES)[number];
