import type { FastifyInstance } from 'fastify';

import type { Context } from '../context';
import type { StoredDelivery } from '../webhookRecords';
import { shownDelivery } from '../wire/webhooks';
import { notFound } from './errors';
import { pageOf } from './pages';

const READ = { config: { scope: 'webhooks.read' } } as const;

/** `/webhook-deliveries/` */
export function mountDeliveries(server: FastifyInstance, { settings, store }: Context): void {
	const show = (delivery: StoredDelivery) =>
		shownDelivery(delivery, settings.wireFormat, settings.guideShowsRetriesAs);

	server.get('/webhook-deliveries/', READ, async (request) =>
		pageOf(request, settings, {
			list: store.deliveries.list,
			show,
			matches: ({ account }) => account === request.account,
		}),
	);
	server.get<{ Params: { uid: string } }>('/webhook-deliveries/:uid/', READ, async (request) => {
		const delivery = store.deliveries.get(request.params.uid);
		if (delivery?.account !== request.account) throw notFound();
		return show(delivery);
	});
}
