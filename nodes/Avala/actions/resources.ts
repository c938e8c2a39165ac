import { agent } from './agent';
import { agentExecution } from './agentExecution';
import { annotationIssue } from './annotationIssue';
import { autoLabelJob } from './autoLabelJob';
import { dataset } from './dataset';
import { delivery } from './delivery';
import { exportResource } from './export';
import type { Resource } from './operation';
import { project } from './project';
import { qualityTarget } from './qualityTarget';
import { task } from './task';
import { webhook } from './webhook';

/** Everything that the Avala node offers, in the order of its menu. */
export const RESOURCES: readonly Resource[] = [
	agent,
	agentExecution,
	annotationIssue,
	autoLabelJob,
	dataset,
	delivery,
	exportResource,
	project,
	qualityTarget,
	task,
	webhook,
];
