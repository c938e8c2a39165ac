import { avalaPage } from '../../transport/pages';
import type { Operation } from '../operation';
import { itemsOf } from '../operation';
import { pickFields } from '../output';
import { listIn, placeProperties } from '../place';
import { OF_PROJECT, TARGETS } from './target';

const EVALUATION = {
	collection: { ...TARGETS, path: `${TARGETS.path}evaluate/` },
	parent: OF_PROJECT,
};

const FIELDS = [
	'uid',
	'name',
	'metric',
	'threshold',
	'operator',
	'current_value',
	'is_breached',
	'severity',
];

export const evaluate: Operation = {
	option: {
		name: 'Evaluate',
		value: 'evaluate',
		action: 'Evaluate quality targets',
		description:
			'Have Avala compute the targets of a project now: one item for each, with its value',
	},
	properties: placeProperties(EVALUATION),
	async execute(run) {
		const endpoint = await listIn(run, EVALUATION);
		const { entries } = await avalaPage(run.connection, { method: 'POST', endpoint });
		return itemsOf(entries.map((target) => pickFields(target, FIELDS)));
	},
};
