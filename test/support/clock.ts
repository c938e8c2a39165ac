/** A clock that stands until the test moves it. */
export interface StandingClock {
	/** Unix time in milliseconds. */
	now: number;
	/** The time limits so far. A limit is over when the test says so. */
	limits: Array<{ ms: number; end: () => void }>;
}

/** Replaces `Date.now` and `AbortSignal.timeout` until `jest.restoreAllMocks`. */
export function standingClock(): StandingClock {
	const clock: StandingClock = { now: Date.now(), limits: [] };
	jest.spyOn(Date, 'now').mockImplementation(() => clock.now);
	jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
		const limit = new AbortController();
		clock.limits.push({ ms, end: () => limit.abort() });
		return limit.signal;
	});
	return clock;
}
