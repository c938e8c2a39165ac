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
	let config = { url: '', secret: '' };
	server.post<{ Body: HookRequest }>('/repos/owner/name/hooks', async ({ body }, reply) => {
		({ config } = body);
		return await reply.status(201).send({ id: 1, active: true, ...body });
	});
	const url = await server.listen({ host: '127.0.0.1', port: 0 });
	return { url, hook: () => config, stop: async () => await server.close() };
}
