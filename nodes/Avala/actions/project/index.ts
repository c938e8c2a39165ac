import { idOf } from '../../shared/values';
import { PROJECTS } from '../../transport/paths';
import { labelled } from '../fields';
import { ownWordFilter, partFilter } from '../filters';
import { locatorField, namedChoice } from '../locator';
import type { Resource } from '../operation';
import { formsOf } from '../output';
import { readOperations } from '../usualOperations';

const STATUSES = labelled(
	'active',
	'archived',
	'canceled',
	'completed',
	'paused',
	'pending-approval',
);

export const projectLocator = locatorField(PROJECTS, {
	hint: 'The uid of a project (mode id), as Project Get Many gives it, or project_uid of an event. A name is not an ID.',
	// With the status where that is not the usual one.
	choices: (project) => {
		const status = idOf(project.status) ?? 'active';
		return namedChoice(project, { more: status === 'active' ? undefined : status });
	},
});

const { get, getAll } = readOperations({
	collection: PROJECTS,
	id: { projectId: projectLocator },
	forms: formsOf([
		'uid',
		'name',
		'status',
		'task_type',
		'is_active',
		'visibility',
		['owner', 'owner_name'],
		'created_at',
		'updated_at',
	]),
	filters: {
		name: partFilter('Name', ['name'], {
			placeholder: 'e.g. street',
			description: 'Only projects whose name contains this text',
		}),
		status: ownWordFilter('projects', 'status', STATUSES, 'active'),
	},
	getDescription: 'Look up one project: its name, its status and its owner',
	getAllDescription: 'List the projects of the API key’s owner; filter by name or status',
});

export const project: Resource = {
	name: 'Project',
	value: 'project',
	description: 'A set of annotation tasks that follow the same rules',
	operations: [get, getAll],
	locators: [projectLocator],
};
