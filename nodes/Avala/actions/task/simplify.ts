import type { IDataObject } from 'n8n-workflow';

import type { OutputForms } from '../output';
import { pickFields } from '../pickFields';

/**
 * The fields that tell the most, by the same names in every wire format. Only the guide's says who has
 * worked on a task and when it was completed.
 */
export function simplifyTask(task: IDataObject): IDataObject {
	const { assignee, completed_at: completedAt } = task;
	return {
		...pickFields(task, [
			'uid',
			'type',
			'name',
			'status',
			['project', 'project_uid', 'project_id'],
		]),
		...(assignee !== undefined && { assignee }),
		...(completedAt !== undefined && { completed_at: completedAt }),
		...pickFields(task, ['created_at', 'updated_at']),
	};
}

export const taskForms: OutputForms = {
	simplify: simplifyTask,
	fields: [...Object.keys(simplifyTask({})), 'assignee', 'completed_at'],
};
