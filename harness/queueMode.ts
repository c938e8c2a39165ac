import { randomBytes } from 'node:crypto';

import type { Postgres, Service } from './services';
import { startPostgres, startRedis } from './services';
import type { ProcessName, StageOptions } from './stage';
import { Stage } from './stage';

export const QUEUE_PROCESSES: readonly ProcessName[] = ['main', 'webhook', 'worker1', 'worker2'];

/** n8n in its queue mode: Avala delivers to the webhook process, two workers execute. */
export interface QueueMode {
	stage: Stage;
	redis: Service;
	postgres: Postgres;
	close(): Promise<void>;
}

/** Starts Redis, PostgreSQL and n8n's four processes. */
export async function openQueueMode(options: StageOptions): Promise<QueueMode> {
	const redis = await startRedis();
	const postgres = await startPostgres().catch(async (error: unknown) => {
		await redis.stop();
		throw error;
	});
	const stopServices = async () => {
		await redis.stop();
		await postgres.stop();
	};
	const env = {
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('base64'),
		N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: 'postgres',
		...options.env,
	};
	const stage = await Stage.open({ ...options, env, processes: QUEUE_PROCESSES }).catch(
		async (error: unknown) => {
			await stopServices();
			throw error;
		},
	);
	return {
		stage,
		redis,
		postgres,
		close: async () => {
			await stage.close();
			await stopServices();
		},
	};
}
