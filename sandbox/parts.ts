import type { FastifyInstance } from 'fastify';

import { mountAgents } from './api/agents';
import { mountAnnotationIssues } from './api/annotationIssues';
import { mountAutoLabelJobs } from './api/autoLabelJobs';
import { mountDatasets } from './api/datasets';
import { mountErrors } from './api/errors';
import { mountExports, mountFiles } from './api/exports';
import { mountFaults } from './api/faults';
import { mountJson, mountRequestLog, mountUnknownPaths } from './api/hooks';
import { mountKeys } from './api/keys';
import { mountProjects } from './api/projects';
import { mountQualityTargets } from './api/qualityTargets';
import { mountRateLimit } from './api/rateLimit';
import { mountWebhooks } from './api/webhooks';
import { mountConsole } from './console/routes';
import type { Context, Part } from './context';
import { API_PREFIX } from './settings';

/** Hooks come before the routes that they are for. */
const API: readonly Part[] = [
	mountRequestLog,
	mountKeys,
	mountRateLimit,
	mountFaults,
	mountUnknownPaths,
	mountWebhooks,
	mountExports,
	mountProjects,
	mountDatasets,
	mountAgents,
	mountAnnotationIssues,
	mountQualityTargets,
	mountAutoLabelJobs,
];

const FILES: readonly Part[] = [mountKeys, mountFiles];

const CONSOLE: readonly Part[] = [mountConsole];

/** Puts the server together: the API below its prefix, files and console beside it. */
export function mountParts(server: FastifyInstance, context: Context): void {
	const mount = (parts: readonly Part[], prefix = '') =>
		void server.register(
			async (scope) => {
				for (const part of parts) await part(scope, context);
			},
			{ prefix },
		);
	mountErrors(server);
	mountJson(server);
	mount(API, API_PREFIX);
	mount(FILES);
	mount(CONSOLE);
}
