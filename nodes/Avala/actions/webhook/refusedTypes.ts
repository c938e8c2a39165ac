import type { ItemRun } from '../operation';

/** Servers know different event types, so `*` stands for those that this one accepts. */
export function hintAtRefused(run: ItemRun, refused: readonly string[]): void {
	if (refused.length === 0) return;
	run.hint(
		`This Avala server does not know the event types ${refused.join(', ')}, so the webhook was created or updated without them.`,
	);
}
