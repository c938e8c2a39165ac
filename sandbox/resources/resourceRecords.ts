import { z } from 'zod';

import { MAIN_ACCOUNT } from '../account';
import type { WireFormat } from '../wireFormat';
import { newUid } from '../wireFormat';
import type { Living, Plan } from './life';
import { DEFAULT_PLAN } from './life';

/** Something as it goes over the wire. */
export type Resource = Record<string, unknown>;

interface Stored {
	uid: string;
	createdAt: string;
	updatedAt: string;
}

/** Further fields, shown as they are. */
const extra = z.record(z.unknown()).default({});

const PROJECT = z.object({
	name: z.string().default('Street scenes'),
	status: z.string().default('active'),
	taskType: z.string().default('image-annotation'),
	visibility: z.string().default('private'),
	ownerName: z.string().default('ann'),
	extra,
});

const TASK = z.object({
	type: z.string().default('image-annotation'),
	name: z.string().default('Annotate a street scene'),
	status: z.string().default('pending'),
	/** The project's uid. */
	project: z.string().default('proj_abc123'),
	assignee: z.string().default('ann@example.com'),
	completedAt: z.string().nullable().default(null),
	extra,
});

const DATASET = z.object({
	name: z.string().default('Street scenes'),
	slug: z.string().default('street-scenes'),
	owner: z.string().default('ann'),
	/** The items themselves follow from this number. */
	itemCount: z.number().default(1200),
	dataType: z.string().default('image'),
	status: z.string().default('created'),
	visibility: z.string().default('private'),
	/** What the dataset's health report complains about. */
	issues: z.array(z.string()).default([]),
	extra,
});

export type StoredProject = Stored & z.output<typeof PROJECT>;
export type StoredTask = Stored & z.output<typeof TASK>;
export type StoredDataset = Stored & z.output<typeof DATASET>;

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
export interface ExportPlan extends Plan {
	/** By default `relative` in the guide's format, `api` in the older, `storage` in the newer. */
	link?: DownloadLink;
	/** Whether the API's `…/download` redirects to the storage instead of sending the file. */
	apiRedirects: boolean;
	file: ExportFile;
}

export const DEFAULT_EXPORT_PLAN: Readonly<ExportPlan> = {
	...DEFAULT_PLAN,
	apiRedirects: false,
	file: {},
};

export interface StoredExport extends Living, Stored {
	plan: ExportPlan;
	name: string;
	format: string;
	/** Shown instead of the wire format's word for the state. */
	status: string | undefined;
	/** Shown instead of the link that the plan makes. */
	downloadUrl: string | null | undefined;
	projects: string[];
	datasets: string[];
	taskCount: number;
	extra: Resource;
}

/** What a test or the API says of a new export; the plan may be given in part. */
export type NewExport = Partial<Omit<StoredExport, 'plan'>> & { plan?: Partial<ExportPlan> };

function stored(prefix: string, wireFormat: WireFormat): Stored {
	const now = new Date().toISOString();
	return { uid: newUid(prefix, wireFormat), createdAt: now, updatedAt: now };
}

export function makeProject(given: Partial<StoredProject>, wireFormat: WireFormat): StoredProject {
	return { ...stored('proj', wireFormat), ...PROJECT.parse({}), ...given };
}

export function makeTask(given: Partial<StoredTask>, wireFormat: WireFormat): StoredTask {
	return { ...stored('task', wireFormat), ...TASK.parse({}), ...given };
}

export function makeDataset(given: Partial<StoredDataset>, wireFormat: WireFormat): StoredDataset {
	return { ...stored('ds', wireFormat), ...DATASET.parse({}), ...given };
}

/** An export that was requested just now, unless `given` says otherwise. */
export function makeExport(given: Partial<StoredExport>, wireFormat: WireFormat): StoredExport {
	return {
		...stored('exp', wireFormat),
		account: MAIN_ACCOUNT,
		name: 'Street scenes',
		format: wireFormat === 'newer' ? 'avala-json-external' : 'coco',
		state: 'requested',
		status: undefined,
		downloadUrl: undefined,
		projects: [],
		datasets: [],
		taskCount: 12,
		nextChangeAt: null,
		extra: {},
		plan: DEFAULT_EXPORT_PLAN,
		...given,
	};
}
