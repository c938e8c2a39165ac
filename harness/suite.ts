/** What `runSuite.ts` hands to the test files of the slow suites. */
import type { StageOptions } from './stage';
import { Stage } from './stage';
import type { QueueMode } from './queueMode';
import { openQueueMode } from './queueMode';
import type { N8nVersion } from './versions';
import { N8N_VERSIONS, NEWEST_N8N } from './versions';

/** The n8n under test. */
export const version: N8nVersion =
	N8N_VERSIONS.find((known) => known === process.env.TEST_N8N_VERSION) ?? NEWEST_N8N;

type SuiteOptions = Omit<StageOptions, 'version' | 'tarball'>;

/** A stage with the n8n under test and the packed package. */
export async function openStage(options: SuiteOptions = {}): Promise<Stage> {
	return await Stage.open({ ...options, version, tarball: packedPackage() });
}

/** The same in queue mode. */
export async function openQueueStage(options: SuiteOptions = {}): Promise<QueueMode> {
	return await openQueueMode({ ...options, version, tarball: packedPackage() });
}

/** The tarball's path. @throws when the suite was not started by `runSuite.ts` */
function packedPackage(): string {
	const tarball = process.env.TEST_PACKAGE;
	if (tarball) return tarball;
	throw new Error(
		'Run this suite with its npm script, e.g. `npm run test:e2e`: it packs the package first.',
	);
}
