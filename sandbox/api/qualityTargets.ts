import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import type { Resource } from '../resources/resourceRecords';
import type { StoredTarget } from '../resources/reviewRecords';
import { makeTarget, shown, TARGET } from '../resources/reviewRecords';
import { mountEndpoint } from './endpoint';
import { notFound } from './errors';
import { alertOf } from '../resources/eventEffects';
import type { Call, Route } from './pages';

/** `/projects/…/quality-targets/` */
export function mountQualityTargets(server: FastifyInstance, context: Context): void {
	const { settings, store } = context;
	const path = '/projects/:project/quality-targets/';
	const projectOf = ({ params }: Call): string => {
		const project = store.projects.get(params.project ?? '');
		if (!project) throw notFound();
		return project.uid;
	};
	const targetsOf = (call: Call) => {
		const uid = projectOf(call);
		return store.targets.where(({ projectUid }) => projectUid === uid);
	};

	mountEndpoint(server, context, {
		path,
		read: 'qc.read',
		write: 'qc.write',
		entries: targetsOf,
		show: shown,
		fields: TARGET,
		create: (given, call) => {
			const own = { account: call.account, projectUid: projectOf(call) };
			return shown(store.targets.put(makeTarget({ ...given, ...own }, settings.wireFormat)));
		},
		changes: TARGET,
		remove: ({ uid }) => store.targets.remove(uid),
	});
	server.post<Route>(`${path}evaluate/`, { config: { scope: 'qc.write' } }, async (call) => {
		const { account } = call;
		const targets = targetsOf(call).list.filter(
			(each) => each.account === account && each.is_active,
		);
		for (const target of targets) {
			evaluate(target);
			if (target.is_breached && target.notify_webhook)
				context.emit('quality.alert', alertOf(target), account);
		}
		context.changed();
		return targets.map(shownEvaluation);
	});
}

/** A value beyond the threshold, in the operator's direction, is a breach. */
function evaluate(target: StoredTarget): void {
	const { currentValue: value, threshold, operator } = target;
	const now = new Date().toISOString();
	const isEqual = value === threshold && operator.endsWith('e');
	target.is_breached =
		isEqual || (operator.startsWith('g') ? value > threshold : value < threshold);
	target.last_value = value;
	target.last_evaluated_at = now;
	if (!target.is_breached) return;
	target.breach_count += 1;
	target.last_breached_at = now;
}

function shownEvaluation(target: StoredTarget): Resource {
	const { uid, name, metric, threshold, operator, severity } = target;
	const { currentValue: current_value, is_breached } = target;
	return { uid, name, metric, threshold, operator, current_value, is_breached, severity };
}
