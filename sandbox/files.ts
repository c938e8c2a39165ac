import type { FastifyInstance } from 'fastify';

import { requireApiKey } from './api';

/** The file of a finished export, at the `download_url` of its event. Like the API it wants the key. */
export function installFiles(files: FastifyInstance, apiKey: string): void {
	files.addHook('onRequest', requireApiKey(apiKey));
	files.get<{ Params: { name: string } }>('/files/:name', async ({ params: { name } }, reply) => {
		reply.header('content-disposition', `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"`);
		return {
			info: { description: 'An export of the sandbox' },
			images: [{ id: 1, file_name: 'street.jpg', width: 1280, height: 720 }],
			categories: [{ id: 1, name: 'car' }],
			annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [104, 88, 310, 142] }],
		};
	});
}
