/**
 * What sends decisions back, with the fields as Avala names them. What a request may say of them is a
 * schema with Avala's defaults; rules that need other entries are added where the API reads it.
 */
import { z } from 'zod';

import { MAIN_ACCOUNT } from '../account';
import { AGENT_EVENTS } from '../eventTypes';
import { newSecret } from '../webhookRecords';
import type { WireFormat } from '../wireFormat';
import { newUid, uidFor } from '../wireFormat';
import type { Living } from './life';
import { DEFAULT_PLAN, isRunning } from './life';
import type { Resource, StoredTask } from './resourceRecords';

const MAX_URL = 2048;
const MAX_TEXT = 255;

const name = z.string().trim().min(1).max(MAX_TEXT);
const text = z.string().default('');
const flag = z.boolean().default(false);
const nullable = <T extends z.ZodTypeAny>(field: T) => field.nullable().default(null);
const textOrNull = nullable(z.string());

export const AGENT = z.object({
	name,
	events: z.array(z.enum(AGENT_EVENTS)).min(1),
	description: text,
	callback_url: nullable(
		z.string().max(MAX_URL).startsWith('https://', 'Enter a valid HTTPS URL.'),
	),
	secret: text.transform((secret) => secret || newSecret()),
	is_active: z.boolean().default(true),
	/** Null is the whole organization. */
	project: textOrNull,
	/** None is all of them. */
	task_types: z.array(z.string()).default([]),
});

const EXECUTION = z.object({
	/** The agent's uid. */
	registration: z.string().default('agent_gone'),
	event_type: z.string().default('result.submitted'),
	task: textOrNull,
	result: textOrNull,
	status: z.string().default('pending'),
	action: textOrNull,
	event_payload: z.record(z.unknown()).default({}),
	response_payload: nullable(z.record(z.unknown())),
	error_message: textOrNull,
	started_at: textOrNull,
	completed_at: textOrNull,
});

export const DECISION = z.object({
	execution: z.string(),
	action: z.enum(['approve', 'reject', 'flag', 'skip']),
	reason: text,
});

export const ISSUE = z.object({
	tool_uid: z.string(),
	problem_uid: z.string(),
	sequence_uid: z.string(),
	dataset_item_uid: textOrNull,
	project_uid: textOrNull,
	priority: nullable(z.enum(['lowest', 'low', 'medium', 'high', 'highest'])),
	severity: nullable(z.enum(['critical', 'moderate'])),
	description: text,
	wrong_class: textOrNull,
	correct_class: textOrNull,
	should_re_annotate: flag,
	should_delete: flag,
	frames_affected: textOrNull,
	coordinates: nullable(z.unknown()),
	query_params: nullable(z.unknown()),
	object_uid: textOrNull,
});

export const ISSUE_CHANGES = ISSUE.pick({
	priority: true,
	severity: true,
	description: true,
	wrong_class: true,
	frames_affected: true,
}).extend({
	status: z.enum([
		'open',
		'relabeling',
		'in_review',
		'completed',
		'cant_reproduce',
		'awaiting_feedback',
		'no_action_taken',
	]),
});

const STORED_ISSUE = ISSUE.omit({ tool_uid: true, problem_uid: true, project_uid: true }).extend({
	status: ISSUE_CHANGES.shape.status.default('open'),
	project: nullable(z.object({ uid: z.string(), name })),
	reporter: z.record(z.unknown()).default({
		username: 'ann',
		picture: null,
		full_name: 'Ann Example',
		type: 'customer',
		is_staff: false,
	}),
	tool: z
		.object({ uid: z.string(), name, default: z.boolean() })
		.default({ uid: 'tool_gone', name: 'Box', default: true }),
	problem: z
		.object({ uid: z.string(), title: z.string() })
		.default({ uid: 'problem_gone', title: 'Missing' }),
	closed_at: textOrNull,
});

export const TARGET = z.object({
	name,
	metric: z.enum([
		'issue_rate',
		'acceptance_rate',
		'rejection_rate',
		'mean_resolution_time',
		'critical_issue_count',
	]),
	threshold: z.number(),
	operator: z.enum(['gt', 'lt', 'gte', 'lte']).default('gt'),
	severity: z.enum(['warning', 'critical']).default('warning'),
	is_active: z.boolean().default(true),
	notify_webhook: flag,
	notify_emails: z.array(z.string().email('Enter a valid email address.')).default([]),
});

const STORED_TARGET = TARGET.extend({
	projectUid: z.string().default('proj_abc123'),
	/** What the next evaluation finds. */
	currentValue: z.number().default(0.08),
	last_evaluated_at: textOrNull,
	last_value: nullable(z.number()),
	is_breached: flag,
	breach_count: z.number().default(0),
	last_breached_at: textOrNull,
});

export const JOB = z.object({
	model_type: nullable(z.enum(['yolo', 'sam3'])),
	confidence_threshold: z.number().min(0).max(1).default(0.5),
	/** None is all of them. */
	labels: z.array(z.string()).default([]),
	dry_run: flag,
});

/** The tools that a reviewer files an issue with, and the problems of each. */
export const TOOLS = [
	{ name: 'Box', dataset_type: 'image', default: true, problems: ['Missing', 'Wrong class'] },
	{ name: 'Polygon', dataset_type: 'image', default: false, problems: ['Wrong outline'] },
	{ name: 'Cuboid', dataset_type: 'lidar', default: true, problems: ['Missing', 'Wrong heading'] },
	{ name: 'Track', dataset_type: 'video', default: true, problems: ['Broken', 'Wrong class'] },
].map((tool) => ({
	...tool,
	uid: uidFor('tool', tool.name, 'newer'),
	problems: tool.problems.map((title) => ({
		uid: uidFor('problem', `${tool.name} ${title}`, 'newer'),
		title,
	})),
}));

interface Stored {
	uid: string;
	account: string;
	created_at: string;
	updated_at: string;
}

export type StoredAgent = Stored & z.output<typeof AGENT>;
export type StoredExecution = Stored & z.output<typeof EXECUTION>;
export type StoredIssue = Stored & z.output<typeof STORED_ISSUE>;
export type StoredTarget = Stored & z.output<typeof STORED_TARGET>;
export type StoredJob = Stored &
	Living &
	z.output<typeof JOB> & { projectUid: string; total_items: number; error_message: string | null };

function stored(prefix: string, wireFormat: WireFormat, given: Partial<Stored>): Stored {
	const { created_at = new Date().toISOString() } = given;
	const uid = newUid(prefix, wireFormat);
	return { uid, account: MAIN_ACCOUNT, created_at, updated_at: created_at };
}

export function makeAgent(given: Partial<StoredAgent>, wireFormat: WireFormat): StoredAgent {
	const fields = AGENT.parse({ name: 'Second look', events: ['result.submitted'] });
	return { ...stored('agent', wireFormat, given), ...fields, ...given };
}

/** An execution that waits for its decision. */
export function makeExecution(
	given: Partial<StoredExecution>,
	wireFormat: WireFormat,
): StoredExecution {
	return { ...stored('exec', wireFormat, given), ...EXECUTION.parse({}), ...given };
}

export function makeIssue(given: Partial<StoredIssue>, wireFormat: WireFormat): StoredIssue {
	const fields = STORED_ISSUE.parse({ sequence_uid: 'sequence_gone' });
	return { ...stored('issue', wireFormat, given), ...fields, ...given };
}

export function makeTarget(given: Partial<StoredTarget>, wireFormat: WireFormat): StoredTarget {
	const fields = { name: 'Few issues', metric: 'issue_rate', threshold: 0.05 };
	return { ...stored('target', wireFormat, given), ...STORED_TARGET.parse(fields), ...given };
}

/** A job that was requested just now, unless `given` says otherwise. */
export function makeJob(given: Partial<StoredJob>, wireFormat: WireFormat): StoredJob {
	const own = stored('job', wireFormat, given);
	return {
		...own,
		...JOB.parse({}),
		projectUid: 'proj_abc123',
		state: 'requested',
		nextChangeAt: null,
		plan: DEFAULT_PLAN,
		total_items: 12,
		error_message: null,
		updatedAt: own.created_at,
		...given,
	};
}

/** What events and executions say of a task's new result. There is no time in it. */
export function resultOf(
	task: StoredTask,
	wireFormat: WireFormat,
): Resource & { task_uid: string; result_uid: string } {
	return {
		task_uid: task.uid,
		result_uid: newUid('res', wireFormat),
		result_data: [{ label: 'car', bbox: [104, 88, 310, 142] }],
		result_metadata: {},
		task_name: task.name,
		task_type: task.type,
		project_uid: task.project,
	};
}

/** An issue's tool and problem, as an issue shows them. */
export function toolOf(
	{ uid, name: toolName, default: isDefault }: (typeof TOOLS)[number],
	problem: StoredIssue['problem'],
): Pick<StoredIssue, 'tool' | 'problem'> {
	return { tool: { uid, name: toolName, default: isDefault }, problem };
}

/** An entry as the API shows it: what is in camel case is the sandbox's own. */
export function shown(entry: Stored): Resource {
	const isShown = (field: string) => field !== 'account' && !/[A-Z]/.test(field);
	return Object.fromEntries(Object.entries(entry).filter(([field]) => isShown(field)));
}

/** No `updated_at` is documented for issues. */
export function shownIssue(issue: StoredIssue): Resource {
	return { ...shown(issue), updated_at: undefined };
}

const JOB_STATUS = {
	requested: 'pending',
	processing: 'running',
	ready: 'completed',
	failed: 'failed',
	cancelled: 'cancelled',
} as const;

/** A job that is under way, or did not end well, has processed half of its items. */
export function shownJob(job: StoredJob): Resource {
	const { uid, state, total_items: total, created_at, updatedAt } = job;
	const { model_type, confidence_threshold, labels, dry_run, error_message } = job;
	const share = { requested: 0, processing: 0.5, ready: 1, failed: 0.5, cancelled: 0.5 }[state];
	const processed = Math.floor(total * share);
	const failed = state === 'failed' ? 1 : 0;
	return {
		uid,
		status: JOB_STATUS[state],
		...{ model_type, confidence_threshold, labels, dry_run },
		total_items: total,
		processed_items: processed,
		successful_items: processed - failed,
		failed_items: failed,
		skipped_items: 0,
		progress_pct: 100 * share,
		error_message: failed === 1 ? (error_message ?? 'The model could not be loaded.') : null,
		summary: state === 'ready' ? { labels_created: 3 * total } : null,
		started_at: state === 'requested' ? null : created_at,
		completed_at: isRunning(job) ? null : updatedAt,
		created_at,
	};
}
