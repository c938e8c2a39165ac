import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import { AGENT, DECISION, makeAgent, shown } from '../resources/reviewRecords';
import { equal, mountEndpoint } from './endpoint';
import { ApiError, notFound } from './errors';
import { readFields, uidOf } from './fields';
import type { Route } from './pages';

/** The event that tells webhooks of a decision. */
const EVENT_OF: Readonly<Record<string, string>> = {
	approve: 'result.accepted',
	reject: 'result.rejected',
};

/** `/agents/` with the executions of each, and `/agent-actions/`. */
export function mountAgents(server: FastifyInstance, context: Context): void {
	const { settings, store } = context;
	const fields = AGENT.extend({ project: uidOf(store.projects).nullable().default(null) });

	mountEndpoint(server, context, {
		path: '/agents/',
		read: 'agents.read',
		write: 'agents.write',
		entries: () => store.agents,
		// With the secret, as some responses of Avala have it.
		show: shown,
		showOne: null,
		fields,
		create: (given, { account }) =>
			shown(store.agents.put(makeAgent({ ...given, account }, settings.wireFormat))),
		remove: ({ uid }) => store.agents.remove(uid),
	});
	mountEndpoint(server, context, {
		path: '/agents/:agent/executions/',
		read: 'agents.read',
		entries: ({ params, account }) => {
			const agent = store.agents.get(params.agent ?? '');
			if (agent?.account !== account) throw notFound();
			return store.executions.where(({ registration }) => registration === agent.uid);
		},
		show: (execution) => shown(execution),
		showOne: null,
		filters: {
			status: equal(({ status }) => status),
			project: equal(({ event_payload }) => event_payload.project_uid),
			task_types: ({ event_payload }, types) =>
				types.split(',').includes(String(event_payload.task_type)),
		},
		isBare: () => settings.executionsAre === 'list',
	});
	server.post<Route>('/agent-actions/', { config: { scope: 'agents.write' } }, async (call) => {
		const own = store.executions.where(({ account }) => account === call.account);
		const decision = readFields(call, DECISION.extend({ execution: uidOf(own) }));
		const { action, reason } = decision;
		const execution = own.get(decision.execution);
		// What Avala does with a second decision is not documented.
		if (execution?.status !== 'pending') {
			throw new ApiError(409, `The execution is not pending: ${execution?.status}.`);
		}
		const now = new Date().toISOString();
		Object.assign(execution, {
			action,
			status: 'success',
			response_payload: { action, ...(reason && { reason }) },
			completed_at: now,
			updated_at: now,
		});
		const event = EVENT_OF[action];
		if (event) context.emit(event, execution.event_payload, call.account);
		context.changed();
		return { status: 'ok' };
	});
}
