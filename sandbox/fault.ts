import type { Matching } from './matching';

/** What goes wrong with the API requests that match; without any other field a fault does nothing. */
export interface Fault extends Matching {
	/** Wait this long first. */
	delayMs?: number;
	/** Respond with this instead; a text is sent as HTML, anything else as JSON. */
	status?: number;
	body?: unknown;
	headers?: Record<string, string>;
	redirectTo?: string;
	/** Carry out the request before responding like this. */
	afterHandling?: boolean;
	/** Cut the connection without handling the request, or after it. */
	reset?: boolean;
	resetAfterHandling?: boolean;
}
