import { projectsIn } from '../../shared/values';
import { TASKS } from '../../transport/paths';
import { labelled } from '../fields';
import { idFilter, wordFilter } from '../filters';
import { idField } from '../locator';
import type { Resource } from '../operation';
import { formsOf } from '../output';
import { projectLocator } from '../project';
import { readOperations } from '../usualOperations';

const STATUSES = labelled('active', 'completed', 'in_progress', 'pending');

const { get, getAll } = readOperations({
	collection: TASKS,
	id: {
		taskId: idField(TASKS, 'Task ID', {
			description:
				"The ID of the task, which is 'resource_uid' in an event about it and 'uid' in the output of Get Many",
			hint: 'The uid of a task. Behind the Avala Trigger it is the expression {{ $json.resource_uid }} of a task event.',
		}),
	},
	forms: formsOf(
		[
			'uid',
			'type',
			'name',
			'status',
			['project', 'project_uid', 'project_id'],
			'created_at',
			'updated_at',
		],
		['assignee', 'completed_at'],
		// Only the guide's format says who has worked on a task and when it was completed.
		({ assignee, completed_at: completedAt }) => ({
			...(assignee !== undefined && { assignee }),
			...(completedAt !== undefined && { completed_at: completedAt }),
		}),
	),
	filters: {
		projectId: idFilter(projectLocator, 'project', 'Only tasks of this project', projectsIn),
		status: wordFilter('tasks', 'status', STATUSES, 'completed'),
	},
	getDescription: 'Look up one task: its type, its status and its project',
	getAllDescription: 'List tasks, for example the completed ones of a project',
});

export const task: Resource = {
	name: 'Task',
	value: 'task',
	description: 'One piece of annotation work in a project',
	operations: [get, getAll],
};
