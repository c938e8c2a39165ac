import { installN8n } from '../harness/install';
import { packPackage } from '../harness/pack';
import type { StageOptions } from '../harness/stage';
import { Stage } from '../harness/stage';

let tarball: Promise<string> | undefined;

/** A stage on which Avala pings no new webhook. */
export async function openStage(
	options: Omit<StageOptions, 'tarball' | 'sandbox'>,
): Promise<Stage> {
	await installN8n(options.version);
	tarball ??= packPackage();
	return await Stage.open({
		...options,
		tarball: await tarball,
		sandbox: { pingOnCreate: false },
	});
}
