import type { IDataObject } from 'n8n-workflow';

import { concernsOtherProject } from '../../../nodes/Avala/trigger/projects';

/** Whether an event with this data is one of another project than `p_1` and `7`. */
const isOfOther = (data: IDataObject | string | null, type = 'task.completed') =>
	concernsOtherProject({ type, data }, ['p_1', '7']);

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

	const UUID = '4b4f7a52-7ad0-4be4-a38c-4a2a0f0a3f39';
	it.each([
		[UUID.toUpperCase(), UUID],
		[UUID, UUID.toUpperCase()],
		[UUID.replaceAll('-', ''), UUID],
		[UUID, `{${UUID}}`],
		[`urn:uuid:${UUID}`, UUID],
		[' p_1 ', 'p_1'],
	])('but not when it writes the chosen one otherwise: %j and %j', (named, chosen) => {
		const event = { type: 'task.completed', data: { project_uid: named } };
		expect(concernsOtherProject(event, [chosen])).toBe(false);
	});

	it('when its ID differs in its capitals, and is no UUID', () => {
		expect(isOfOther({ project_uid: 'P_1' })).toBe(true);
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
