import { dataset } from './dataset';
import { delivery } from './delivery';
import { exportResource } from './export';
import type { Resource } from './operation';
import { project } from './project';
import { task } from './task';
import { webhook } from './webhook';

/** Everything that the Avala node offers, in the order of its menu. */
export const RESOURCES: readonly Resource[] = [
	dataset,
	delivery,
	exportResource,
	project,
	task,
	webhook,
];
