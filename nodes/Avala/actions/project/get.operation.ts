import { PROJECTS } from '../../transport/paths';
import { isSimplified, simplifyFields } from '../fields';
import { idIn } from '../locator';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { parameterOf } from '../parameters';
import { projectLocator } from './locator';
import { readProject, simplifyProject } from './read';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get project',
		description: 'Look up one project: its name, its status and its owner',
	},
	properties: [{ ...projectLocator, required: true }, ...simplifyFields],
	async execute(run) {
		const isSimple = isSimplified(run);
		const project = await readProject(
			run.connection,
			idIn(PROJECTS, 'Project', parameterOf(run, 'projectId', '')),
		);
		return itemsOf([isSimple ? simplifyProject(project) : project]);
	},
};
