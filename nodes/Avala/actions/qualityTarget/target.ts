import type { Collection } from '../../transport/paths';
import { projectLocator } from '../project';

export const TARGETS: Collection = {
	path: '/projects/{project}/quality-targets/',
	noun: 'quality target',
	plural: 'quality targets',
	example: 'qt_1a2b3c4d',
	permissions: { read: 'qc.read', write: 'qc.write' },
};

export const OF_PROJECT = { projectId: projectLocator };
