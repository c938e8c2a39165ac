/** What is to be reached, by part. Ratios are taken within one run, since machines differ. */
export const TARGETS = {
	event: {
		/** On top of the least that could be done, at 1 KB. */
		mostMicrosecondsOnTop: 25,
		/** Times the least, at 64 KB and 1 MB. */
		mostTimesLeast: 1.3,
		/** In the older format, which has no event ID: one is derived from all the data, in any order of fields. */
		derivedId: { mostMicrosecondsOnTop: 60, mostTimesLeast: 4.5 },
	},
	/** Signed events a second, times those of another workflow in the same n8n. */
	signed: { '2.8.4': { webhook: 1.1 }, '2.41.1': {}, '2.41.1 lazy': { github: 3.5 } },
	/** Forged requests a second, likewise. */
	forged: { '2.8.4': {}, '2.41.1': {}, '2.41.1 lazy': { github: 15 } },
	/** n8n's memory in use after all forged requests, times that after the first fifth. */
	mostForgedMemoryGrowth: 1.05,
	list: {
		requests: 100,
		/** Times n8n's request helper alone on the same pages. */
		mostTimesHelper: 1.05,
		/** Time of the HTTP Request node, times ours. */
		leastTimesHttpRequest: 1,
		/** In use beyond what is returned, at 100,000 deliveries above that at 10,000. */
		mostGrowthMb: 1,
	},
	/** Of n8n with 500 active workflows. */
	start: { mostSeconds: 15, mostRequests: 10 },
	/** Of 2 GB. */
	download: { mostGrowthMb: 100, mostTimesHttpRequest: 1 },
} as const;
