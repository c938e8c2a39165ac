import { PROJECTS } from '../../transport/paths';
import { idIn } from '../locator';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { outputOf, outputProperties } from '../output';
import { parameterOf } from '../parameters';
import { projectLocator } from './locator';
import { readProject, projectForms } from './read';

export const get: Operation = {
	option: {
		name: 'Get',
		value: 'get',
		action: 'Get project',
		description: 'Look up one project: its name, its status and its owner',
	},
	properties: [{ ...projectLocator, required: true }, ...outputProperties(projectForms)],
	async execute(run) {
		const { show } = outputOf(run, projectForms);
		const project = await readProject(
			run.connection,
			idIn(PROJECTS, 'Project', parameterOf(run, 'projectId', '')),
		);
		return itemsOf([show(project)]);
	},
};
