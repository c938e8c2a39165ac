import type { Store } from '../store';
import type { EmittedEvent } from '../webhookRecords';
import type { WireFormat } from '../wireFormat';
import type { Resource } from './resourceRecords';
import { makeExecution } from './reviewRecords';

/** Gives each active agent that subscribes to the event an execution to decide on. */
export function queueExecutions(
	store: Store,
	{ type, data }: EmittedEvent,
	wireFormat: WireFormat,
	account: string,
): void {
	const payload = payloadOf(type, data);
	for (const agent of store.agents.list) {
		const isConcerned =
			agent.is_active &&
			agent.account === account &&
			agent.events.some((each) => each === type) &&
			(agent.project === null || agent.project === payload.project_uid) &&
			(agent.task_types.length === 0 || agent.task_types.includes(String(payload.task_type)));
		if (!isConcerned) continue;
		const fields = { account, registration: agent.uid, event_type: type, event_payload: payload };
		const task = textOrNull(payload.task_uid);
		const result = textOrNull(payload.result_uid);
		store.executions.put(makeExecution({ ...fields, task, result }, wireFormat));
	}
}

/** What an agent is told of an event. A result's is the same as for webhooks; none has a time. */
function payloadOf(type: string, data: Resource): Resource {
	const [subject = ''] = type.split('.');
	if (subject === 'result') return data;
	const { uid, name, project_uid, project = project_uid } = data;
	return subject === 'task'
		? {
				task_uid: uid,
				task_name: name,
				task_type: data.type,
				task_status: data.status,
				project_uid: project,
			}
		: { [`${subject}_uid`]: uid, project_uid: project };
}

function textOrNull(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}
