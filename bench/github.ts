import fastify from 'fastify';

/** As much of GitHub's API as n8n's GitHub Trigger needs to register its webhook. */
export interface GitHub {
	url: string;
	/** Target URL and secret of the webhook that was registered last. */
	hook(): { url: string; secret: string };
	stop(): Promise<void>;
}

interface HookRequest {
	config: { url: string; secret: string };
	events: string[];
}

export async function startGitHub(): Promise<GitHub> {
	const server = fastify({ forceCloseConnections: true });
	let hook = { url: '', secret: '' };
	server.post<{ Body: HookRequest }>('/repos/:owner/:name/hooks', async ({ body }, reply) => {
		hook = body.config;
		return await reply
			.status(201)
			.send({ id: 1, active: true, events: body.events, config: { url: hook.url } });
	});
	server.delete('/repos/:owner/:name/hooks/:id', async (_request, reply) => {
		return await reply.status(204).send();
	});
	const url = await server.listen({ host: '127.0.0.1', port: 0 });
	return { url, hook: () => hook, stop: async () => await server.close() };
}
