import { avalaPage } from '../../transport/pages';
import { collectionOf } from '../../transport/paths';
import type { KnownWords } from '../fields';
import { activeField, booleanField, labelled, numberField, textField, wordField } from '../fields';
import { idField } from '../locator';
import type { Operation, Resource } from '../operation';
import { itemsOf } from '../operation';
import { formsOf, pickFields } from '../output';
import { listIn, placeProperties } from '../parameters';
import { projectLocator } from '../project';
import {
	createOperation,
	deleteOperation,
	readOperations,
	updateOperation,
} from '../usualOperations';

const TARGETS = collectionOf('quality target', 'qt_1a2b3c4d', {
	path: '/projects/{project}/quality-targets/',
	permissions: 'qc',
});

const PARENT = { projectId: projectLocator };

const METRICS: KnownWords = [
	{ name: 'Acceptance Rate', value: 'acceptance_rate', description: 'From 0 to 1' },
	...labelled('critical_issue_count'),
	{ name: 'Issue Rate', value: 'issue_rate', description: 'From 0 to 1' },
	{ name: 'Mean Resolution Time', value: 'mean_resolution_time', description: 'In seconds' },
	{ name: 'Rejection Rate', value: 'rejection_rate', description: 'From 0 to 1' },
];

const OPERATORS: KnownWords = [
	{ name: 'Greater Than', value: 'gt' },
	{ name: 'Greater Than or Equal', value: 'gte' },
	{ name: 'Less Than', value: 'lt' },
	{ name: 'Less Than or Equal', value: 'lte' },
];

const SEVERITIES = labelled('critical', 'warning');

const REQUIRED = {
	name: textField('Name', 'name', {
		placeholder: 'e.g. Acceptance of at least 90 %',
		description: 'How the target is called in Avala',
		hint: 'Any text; it is repeated in the alert',
	}),
	metric: wordField('Metric', 'metric', METRICS, { description: 'What is measured' }),
	threshold: numberField(
		'Threshold',
		'threshold',
		{ least: 0 },
		{
			description: 'What the metric is compared with: a rate from 0 to 1, seconds, or a count',
			hint: 'Rates are from 0 to 1: 0.9 stands for 90 %.',
		},
	),
};

const ADDITIONAL_FIELDS = {
	isActive: activeField('Whether Avala evaluates it'),
	notifyWebhook: booleanField('Notify Webhook', 'notify_webhook', {
		default: true,
		description: 'Whether a breach sends the event quality.alert, which the Avala Trigger takes',
	}),
	operator: wordField('Operator', 'operator', OPERATORS, {
		description: 'How the metric is compared with the threshold',
	}),
	severity: wordField('Severity', 'severity', SEVERITIES, { description: 'How bad a breach is' }),
};

const TARGET = {
	collection: TARGETS,
	parent: PARENT,
	id: {
		targetId: idField(TARGETS, 'Target ID', {
			description: "The ID of the target, which is 'uid' in the output of Get Many",
			hint: 'The uid of a target of that project: {{ $json.uid }} behind Quality Target Get Many or Evaluate.',
		}),
	},
};

const create = createOperation({
	...TARGET,
	fields: REQUIRED,
	additionalFields: ADDITIONAL_FIELDS,
	description: 'Have Avala watch a metric of a project and report a breach',
	fieldsDescription: 'Optional. What is not added is as Avala has it by default.',
});

const update = updateOperation(
	TARGET,
	{ ...REQUIRED, ...ADDITIONAL_FIELDS },
	'Change a target, for example its threshold',
);

const deleteTarget = deleteOperation(TARGET, 'Delete a target permanently');

const { get, getAll } = readOperations({
	...TARGET,
	forms: formsOf(
		[
			'uid',
			'name',
			'metric',
			'threshold',
			'operator',
			'severity',
			'is_active',
			'is_breached',
			'last_value',
			'last_evaluated_at',
		],
		[
			'breach_count',
			'last_breached_at',
			'notify_emails',
			'notify_webhook',
			'created_at',
			'updated_at',
		],
	),
	getDescription:
		'Look up one target: its threshold, and whether it was breached when last evaluated',
	getAllDescription:
		'List the targets of a project as they were last evaluated; Evaluate gives them as of now',
});

const EVALUATION = {
	collection: { ...TARGETS, path: `${TARGETS.path}evaluate/` },
	parent: PARENT,
};

const EVALUATED = [
	'uid',
	'name',
	'metric',
	'threshold',
	'operator',
	'current_value',
	'is_breached',
	'severity',
];

const evaluate: Operation = {
	name: 'Evaluate',
	value: 'evaluate',
	action: 'Evaluate quality targets',
	description: 'Have Avala compute the targets of a project now: one item for each, with its value',
	properties: placeProperties(EVALUATION),
	async execute(run) {
		const endpoint = await listIn(run, EVALUATION);
		const { entries } = await avalaPage(run.connection, { method: 'POST', endpoint });
		return itemsOf(entries.map((target) => pickFields(target, EVALUATED)));
	},
};

export const qualityTarget: Resource = {
	name: 'Quality Target',
	value: 'qualityTarget',
	description: 'A limit for a metric of a project, such as the rate of rejected results',
	operations: [create, deleteTarget, evaluate, get, getAll, update],
};
