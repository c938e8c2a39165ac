import type { IDataObject } from 'n8n-workflow';

import { matches, queryOf, readFilters } from '../../../nodes/Avala/actions/dataset/filters';
import type { ItemRun } from '../../../nodes/Avala/actions/operation';

const read = (filters: unknown) => {
	const context = { getNodeParameter: () => filters };
	return readFilters({ context, itemIndex: 0 } as unknown as ItemRun);
};

describe('filters of datasets', () => {
	it('are sent to Avala by its own names and words', () => {
		const all = { dataType: '3D image', name: ' Street ', status: 'CREATED', visibility: 'Public' };
		expect(queryOf(read(all))).toEqual({
			data_type: 'image_3d',
			name: 'Street',
			status: 'created',
			visibility: 'public',
		});
		expect(queryOf(read({}))).toEqual({});
		expect(queryOf(read({ dataType: 'all' }))).toEqual({});
	});

	it.each([
		['Filters', 'dataType'],
		['Filters', { type: 'image' }],
		['Data Type', { dataType: '' }],
		['Name', { name: ' ' }],
		['Status', { status: ['created'] }],
		['Visibility', { visibility: null }],
	])("are refused by name when they are not understood: '%s'", (name, filters) => {
		expect(() => read(filters)).toThrow(`'${name}'`);
	});

	const DATASET: IDataObject = {
		uid: 'ds_1',
		name: 'Street scenes',
		slug: 'berlin-2026',
		data_type: 'image',
		status: 'created',
		visibility: 'private',
	};

	it.each<[IDataObject, boolean]>([
		[{}, true],
		[{ name: 'STREET' }, true],
		[{ name: 'berlin' }, true],
		[{ name: 'crop' }, false],
		[{ dataType: 'image' }, true],
		[{ dataType: 'lidar' }, false],
		[{ status: 'creating' }, false],
		[{ visibility: 'public' }, false],
		[{ name: 'street', dataType: 'image', status: 'created', visibility: 'private' }, true],
		[{ name: 'crop', dataType: 'image', status: 'created', visibility: 'private' }, false],
		[{ name: 'street', dataType: 'lidar', status: 'created', visibility: 'private' }, false],
		[{ name: 'street', dataType: 'image', status: 'creating', visibility: 'private' }, false],
	])('leave out what a server gives that does not know them: %j', (filters, isFound) => {
		expect(matches(DATASET, filters)).toBe(isFound);
	});

	it('find nothing by the name of a dataset that has none', () => {
		expect(matches({ uid: 'ds_1' }, { name: 'er' })).toBe(false);
	});
});
