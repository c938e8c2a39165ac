import type { WireFormat } from '../wireFormat';
import { uidFor } from '../wireFormat';
import type { Resource, StoredDataset } from './resourceRecords';

const ITEMS_PER_SEQUENCE = 20;

export interface Part {
	uid: string;
	index: number;
	dataset: StoredDataset;
}

/** The items follow from their number, so that a dataset may have any number of them. */
export function itemsOf(dataset: StoredDataset): Part[] {
	return partsOf(dataset, 'item', dataset.itemCount);
}

/** Images have no sequences. */
export function sequencesOf(dataset: StoredDataset): Part[] {
	const count = isSequence(dataset) ? Math.ceil(dataset.itemCount / ITEMS_PER_SEQUENCE) : 0;
	return partsOf(dataset, 'sequence', count);
}

export function isSequence({ dataType }: StoredDataset): boolean {
	return dataType !== 'image';
}

function partsOf(dataset: StoredDataset, kind: string, count: number): Part[] {
	return Array.from({ length: count }, (_, index) => ({
		uid: uidFor(kind, `${dataset.uid} ${index}`, 'newer'),
		index,
		dataset,
	}));
}

function keyOf({ index, dataset: { slug } }: Part): string {
	return `${slug}-${String(index + 1).padStart(5, '0')}`;
}

/** The older formats have it as an older page of Avala's reference. */
export function shownItem(item: Part, wireFormat: WireFormat): Resource {
	const { uid, index, dataset } = item;
	const key = `${keyOf(item)}${dataset.dataType === 'image' ? '.jpg' : ''}`;
	const url = `https://data.example.com/${dataset.slug}/${key}?Signature=sandbox`;
	const times = { created_at: dataset.createdAt, updated_at: dataset.createdAt };
	if (wireFormat !== 'newer') {
		const shown = { status: 'created', data_url: url, thumbnail_url: url, annotations_count: 4 };
		return { uid, key, dataset: dataset.uid, ...shown, ...times };
	}
	const sequence = sequencesOf(dataset)[Math.floor(index / ITEMS_PER_SEQUENCE)];
	return {
		uid,
		id: index + 1,
		key,
		dataset: dataset.uid,
		url,
		thumbnails: [url],
		video_thumbnail: null,
		gpu_texture_url: null,
		metadata: {},
		annotations: null,
		export_snippet: null,
		crop_data: null,
		related_items: [],
		related_sequence_uid: sequence?.uid ?? null,
		is_hidden: false,
		...times,
	};
}

function frameCount({ index, dataset }: Part): number {
	return Math.min(ITEMS_PER_SEQUENCE, dataset.itemCount - index * ITEMS_PER_SEQUENCE);
}

export function shownHealth(dataset: StoredDataset, wireFormat: WireFormat): Resource {
	const sequences = sequencesOf(dataset);
	const isLidar = dataset.dataType === 'lidar';
	return {
		dataset_uid: dataset.uid,
		dataset_slug: dataset.slug,
		dataset_status: dataset.status,
		...(wireFormat === 'newer' && {
			data_type: dataset.dataType,
			is_sequence: isSequence(dataset),
		}),
		item_count: dataset.itemCount,
		sequence_count: sequences.length,
		total_frames: sequences.length > 0 ? dataset.itemCount : 0,
		s3_prefix: null,
		gc_storage_prefix: null,
		last_updated_at: dataset.updatedAt,
		sequences: sequences.map((sequence) => ({
			uid: sequence.uid,
			key: keyOf(sequence),
			status: 'labeling',
			frame_count: frameCount(sequence),
			has_lidar_calibration: isLidar,
			has_camera_calibration: isLidar,
		})),
		ingest_ok: dataset.status === 'created' && dataset.issues.length === 0,
		issues: dataset.issues,
	};
}
