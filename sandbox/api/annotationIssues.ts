import type { FastifyInstance } from 'fastify';

import { Collection, isSameUid } from '../collection';
import type { Context } from '../context';
import type { Part } from '../resources/datasetContents';
import { itemsOf, sequencesOf } from '../resources/datasetContents';
import type { StoredIssue } from '../resources/reviewRecords';
import {
	ISSUE,
	ISSUE_CHANGES,
	makeIssue,
	shownIssue,
	toolOf,
	TOOLS,
} from '../resources/reviewRecords';
import { datasetOf } from './datasets';
import { mountEndpoint } from './endpoint';
import { ApiError, notFound } from './errors';
import { noSuch, uidOf } from './fields';
import type { Route } from './pages';
import { filterOf } from './pages';

const CLOSED: readonly string[] = ['completed', 'cant_reproduce', 'no_action_taken'];

/** The issues of a dataset and of a sequence, and `/qc-available-tools/`. None of these lists has pages. */
export function mountAnnotationIssues(server: FastifyInstance, context: Context): void {
	const { settings, store } = context;
	/** @throws ApiError 404 when there is no such sequence */
	const sequenceOf = (uid = ''): Part => {
		const sequence = new Collection(store.datasets.list.flatMap(sequencesOf)).get(uid);
		if (!sequence) throw notFound();
		return sequence;
	};

	mountEndpoint(server, context, {
		path: '/datasets/:owner/:slug/annotation-issues/',
		read: 'qc.read',
		entries: (call) => {
			const uids = sequencesOf(datasetOf(call, store.datasets)).map(({ uid }) => uid);
			return store.issues.where(({ sequence_uid }) => uids.includes(sequence_uid));
		},
		show: (issue) => shownIssue(issue),
		showOne: null,
		isBare: () => true,
	});
	mountEndpoint(server, context, {
		path: '/sequences/:sequence/annotation-issues/',
		read: 'qc.read',
		write: 'qc.write',
		entries: ({ params }) => {
			const { uid } = sequenceOf(params.sequence);
			return store.issues.where(({ sequence_uid }) => sequence_uid === uid);
		},
		show: (issue) => shownIssue(issue),
		showOne: null,
		isBare: () => true,
		fields: ISSUE.extend({ project_uid: uidOf(store.projects).nullable().default(null) }),
		create: (given, { params, account }) => {
			const { tool_uid, problem_uid, project_uid, sequence_uid, ...fields } = given;
			const sequence = sequenceOf(params.sequence);
			const item = fields.dataset_item_uid;
			if (!isSameUid(sequence_uid, sequence.uid)) {
				throw refusal('sequence_uid', 'This is not the sequence of the path.');
			}
			if (item !== null && !new Collection(itemsOf(sequence.dataset)).get(item)) {
				throw refusal('dataset_item_uid', noSuch(item));
			}
			const { name } = store.projects.get(project_uid ?? '') ?? {};
			const issue = {
				...fields,
				...choose(tool_uid, problem_uid, sequence),
				sequence_uid: sequence.uid,
				project: project_uid !== null && name !== undefined ? { uid: project_uid, name } : null,
				account,
			};
			return shownIssue(store.issues.put(makeIssue(issue, settings.wireFormat)));
		},
		changes: ISSUE_CHANGES,
		update: (issue, given) => {
			Object.assign(issue, given);
			const closedAt = issue.closed_at ?? new Date().toISOString();
			issue.closed_at = CLOSED.includes(issue.status) ? closedAt : null;
		},
		remove: ({ uid }) => store.issues.remove(uid),
	});
	server.get<Route>('/qc-available-tools/', { config: { scope: 'qc.read' } }, async (call) => {
		const dataType = filterOf(call, 'dataset_type');
		return TOOLS.filter(({ dataset_type }) => dataset_type === (dataType ?? dataset_type));
	});
}

/** @throws ApiError 400 when the tool is not for such data, or the problem is not one of the tool's */
function choose(
	toolUid: string,
	problemUid: string,
	{ dataset: { dataType } }: Part,
): Pick<StoredIssue, 'tool' | 'problem'> {
	const tool = new Collection(TOOLS).get(toolUid);
	if (!tool) throw refusal('tool_uid', noSuch(toolUid));
	if (tool.dataset_type !== dataType) throw refusal('tool_uid', `This is no tool for ${dataType}.`);
	const problem = new Collection(tool.problems).get(problemUid);
	if (!problem) throw refusal('problem_uid', 'The tool does not have this problem.');
	return toolOf(tool, problem);
}

function refusal(field: string, message: string): ApiError {
	return new ApiError(400, { [field]: [message] });
}
