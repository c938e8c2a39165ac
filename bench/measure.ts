/** The middle of some figures and how far apart they are. */
export interface Spread {
	median: number;
	least: number;
	most: number;
}

export function spreadOf(values: readonly number[]): Spread {
	return { median: quantile(values, 0.5), least: Math.min(...values), most: Math.max(...values) };
}

/** How one compares with the other, round by round, so that what slows a whole round cancels out. */
export function ratioOf(values: readonly number[], others: readonly number[]): Spread {
	return spreadOf(values.map((value, round) => value / (others[round] ?? NaN)));
}

/** The figure below which this part (0 to 1) of all figures lies, interpolated. */
export function quantile(values: readonly number[], part: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	const position = (sorted.length - 1) * part;
	const below = sorted[Math.floor(position)] ?? NaN;
	const above = sorted[Math.ceil(position)] ?? NaN;
	return below + (above - below) * (position % 1);
}

/**
 * Measures each in turn, round by round, each round beginning with another one.
 *
 * @param warmUps rounds before those that count
 * @returns for each the figures of its rounds
 */
export async function interleaved<Name extends string, Figure>(
	names: readonly Name[],
	rounds: number,
	measure: (name: Name) => Promise<Figure>,
	warmUps = 0,
): Promise<Record<Name, Figure[]>> {
	const figures = {} as Record<Name, Figure[]>;
	for (const name of names) figures[name] = [];
	for (let round = -warmUps; round < rounds; round++) {
		const first = (round + warmUps) % names.length;
		for (const name of [...names.slice(first), ...names.slice(0, first)]) {
			const figure = await measure(name);
			if (round >= 0) figures[name].push(figure);
		}
	}
	return figures;
}
