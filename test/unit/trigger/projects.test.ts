import { concernsOtherProject } from '../../../nodes/Avala/trigger/projects';

it('an event is of another project when it names none of several that were selected', () => {
	const event = { type: 'task.completed', data: { project_uid: 'p_2' } };
	expect(concernsOtherProject(event, ['p_1', 'p_2'])).toBe(false);
	expect(concernsOtherProject(event, ['p_1', 'p_3'])).toBe(true);
});
