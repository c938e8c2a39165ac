/** The node's pauses between two requests, which take no time unless a test says otherwise. To be imported first. */
const mockPauses = { take: noTime };

jest.mock('n8n-workflow', () => ({
	...jest.requireActual<object>('n8n-workflow'),
	sleep: async () => await mockPauses.take(),
}));

async function noTime(): Promise<void> {
	await Promise.resolve();
}

/** Makes the next pauses last for ever. @returns resolves when the first of them begins */
export async function firstPause(): Promise<void> {
	await new Promise<void>((resolve) => {
		mockPauses.take = async () => {
			resolve();
			await new Promise(() => {});
		};
	});
}

export function endPauses(): void {
	mockPauses.take = noTime;
}
