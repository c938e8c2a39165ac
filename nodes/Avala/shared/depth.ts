import type { IDataObject } from 'n8n-workflow';

type Nested = IDataObject | unknown[];

/**
 * Whether a parsed JSON value is nested in more than so many levels. With plain loops, since each event waits
 * for this: by `Object.values` it takes ten times as long.
 */
export function isDeeperThan(levels: number, value: Nested): boolean {
	if (levels === 0) return true;
	if (Array.isArray(value)) {
		for (const entry of value) if (isNested(entry) && isDeeperThan(levels - 1, entry)) return true;
		return false;
	}
	for (const name in value) {
		const entry = value[name];
		if (isNested(entry) && isDeeperThan(levels - 1, entry)) return true;
	}
	return false;
}

function isNested(value: unknown): value is Nested {
	return typeof value === 'object' && value !== null;
}
