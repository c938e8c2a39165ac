import type { WireFormat } from '../wireFormat';
import { newUid } from '../wireFormat';

/** Something as it goes over the wire. */
export type Resource = Record<string, unknown>;

export interface StoredProject {
	uid: string;
	name: string;
	status: string;
	taskType: string;
	visibility: string;
	ownerName: string;
	createdAt: string;
	updatedAt: string;
}

export interface StoredTask {
	uid: string;
	type: string;
	name: string;
	status: string;
	/** The project's uid. */
	project: string;
	assignee: string;
	completedAt: string | null;
	createdAt: string;
	updatedAt: string;
	/** Further fields, shown as they are. */
	extra: Resource;
}

export interface StoredDataset {
	uid: string;
	name: string;
	slug: string;
	owner: string;
	/** The items themselves follow from this number. */
	itemCount: number;
	dataType: string;
	status: string;
	visibility: string;
	/** What the dataset's health report complains about. */
	issues: string[];
	createdAt: string;
	updatedAt: string;
	extra: Resource;
}

export type ExportState = 'requested' | 'processing' | 'ready' | 'failed';

/** The three forms of `download_url`: storage of its own, the API's `…/download`, a path on the API's origin. */
export type DownloadLink = 'storage' | 'api' | 'relative';

/** The file of an export. Without any field it is a small JSON file in COCO's format. */
export interface ExportFile {
	/** In bytes; a file of this size is generated while it is sent, whatever its size. */
	size?: number;
	content?: string;
	name?: string;
	contentType?: string;
	/** The header as it is sent; null sends none. */
	contentDisposition?: string | null;
}

/** How an export goes. */
export interface ExportPlan {
	/** How long it is only requested, then processed: milliseconds on the sandbox's clock. */
	requestedMs: number;
	processingMs: number;
	outcome: 'ready' | 'failed';
	/** By default `relative` in the guide's format, `api` in the older, `storage` in the newer. */
	link?: DownloadLink;
	/** Whether the API's `…/download` redirects to the storage instead of sending the file. */
	apiRedirects: boolean;
	/** How long a link to the storage is valid, in real milliseconds. */
	linkLifetimeMs: number;
	file: ExportFile;
}

export const DEFAULT_EXPORT_PLAN: Readonly<ExportPlan> = {
	requestedMs: 2_000,
	processingMs: 8_000,
	outcome: 'ready',
	apiRedirects: false,
	linkLifetimeMs: 5 * 60_000,
	file: {},
};

export interface StoredExport {
	uid: string;
	account: string;
	name: string;
	format: string;
	state: ExportState;
	/** Shown instead of the wire format's word for the state. */
	status?: string;
	/** Shown instead of the link that the plan makes. */
	downloadUrl?: string | null;
	projects: string[];
	datasets: string[];
	taskCount: number;
	/** When the state changes next: Unix time in milliseconds. */
	nextChangeAt: number | null;
	plan: ExportPlan;
	createdAt: string;
	updatedAt: string;
	extra: Resource;
}

export function makeProject(given: Partial<StoredProject>, wireFormat: WireFormat): StoredProject {
	const now = new Date().toISOString();
	return {
		uid: newUid('proj', wireFormat),
		name: 'Street scenes',
		status: 'active',
		taskType: 'image-annotation',
		visibility: 'private',
		ownerName: 'ann',
		createdAt: now,
		updatedAt: now,
		...given,
	};
}

export function makeTask(given: Partial<StoredTask>, wireFormat: WireFormat): StoredTask {
	const now = new Date().toISOString();
	return {
		uid: newUid('task', wireFormat),
		type: 'image-annotation',
		name: 'Annotate a street scene',
		status: 'pending',
		project: 'proj_abc123',
		assignee: 'ann@example.com',
		completedAt: null,
		createdAt: now,
		updatedAt: now,
		extra: {},
		...given,
	};
}

export function makeDataset(given: Partial<StoredDataset>, wireFormat: WireFormat): StoredDataset {
	const now = new Date().toISOString();
	return {
		uid: newUid('ds', wireFormat),
		name: 'Street scenes',
		slug: 'street-scenes',
		owner: 'ann',
		itemCount: 1200,
		dataType: 'image',
		status: 'created',
		visibility: 'private',
		issues: [],
		createdAt: now,
		updatedAt: now,
		extra: {},
		...given,
	};
}
