import type { IDataObject } from 'n8n-workflow';

import { concernsOtherProject } from '../../../nodes/Avala/trigger/projects';

/** Whether an event with this data is one of another project than `p_1` and `7`. */
const isOfOther = (data: IDataObject | string | null, type = 'task.completed') =>
	concernsOtherProject({ id: 'evt_1', type, created_at: '2026-03-02T10:30:00Z', data }, [
		'p_1',
		'7',
	]);

describe('an event is of another project', () => {
	it.each<[string, string, (project: string | number) => IDataObject]>([
		['as project_uid', 'task.completed', (project) => ({ project_uid: project })],
		['as project_id', 'task.completed', (project) => ({ project_id: project })],
		['as project', 'task.completed', (project) => ({ project })],
		[
			'as a project with its uid',
			'task.completed',
			(project) => ({ project: { uid: project, id: 'other' } }),
		],
		['as a project with its id', 'task.completed', (project) => ({ project: { id: project } })],
		['in a list', 'task.completed', (project) => ({ projects: ['p_9', project] })],
		[
			'in a list of projects',
			'task.completed',
			(project) => ({ projects: [{ uid: 'p_9' }, { uid: project }] }),
		],
		['as its own uid', 'project.updated', (project) => ({ uid: project })],
		['as its own id', 'project.updated', (project) => ({ id: project })],
	])('when it names one, and none that was chosen: %s', (_, type, naming) => {
		expect(isOfOther(naming('p_2'), type)).toBe(true);
		expect(isOfOther(naming('p_1'), type)).toBe(false);
		expect(isOfOther(naming(7), type)).toBe(false);
	});

	it('but not when it names none, or in a way that cannot be read', () => {
		for (const data of [{}, { project: null }, { project: {} }, { projects: 'p_2' }, null, 'p_2']) {
			expect(isOfOther(data)).toBe(false);
		}
		// The ID of a task is no project.
		expect(isOfOther({ uid: 'task_1', id: 'task_1' })).toBe(false);
		expect(isOfOther({ uid: 'x' }, 'projects.x')).toBe(false);
	});
});
