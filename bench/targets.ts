/** What is to be reached, by part. Ratios are taken within one run, since machines differ. */
export const TARGETS = {
	event: {
		/** Times the least that could be done, at 64 KB and 1 MB. */
		mostTimesLeast: 1.3,
		/** On top of the least, at 1 KB. */
		mostMicrosecondsOnTop: 25,
	},
	/** Signed events a second, times those of another workflow in the same n8n. */
	throughput: {
		'2.8.4': { webhook: 1.1, github: 1 },
		'2.41.1': { github: 1.05 },
		'2.41.1 lazy': { webhook: 0.97, github: 3.5 },
	},
	/** Forged requests a second, times those of n8n's GitHub Trigger. */
	forged: {
		'2.8.4': { github: 1 },
		'2.41.1': { github: 1 },
		'2.41.1 lazy': { github: 15 },
	},
	/** n8n's live memory after all the forged requests, times that after the first fifth. */
	forgedMemoryGrowth: 1.05,
	list: {
		requests: 100,
		mostTimesFetch: 1.3,
		/** Time of the HTTP Request node, times ours. */
		leastTimesHttpRequest: 1,
		/** In use beyond what is given out, at 100,000 deliveries above that at 10,000: some pages, flat. */
		mostGrowthMb: 1,
	},
} as const;
