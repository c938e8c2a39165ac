import type { IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { idOf, readText, textOf } from '../../shared/values';
import { download as downloadFile } from '../../transport/download';
import { readFileName } from '../../transport/fileName';
import type { Endpoint } from '../../transport/paths';
import { avalaEntry } from '../../transport/entry';
import type { Operation } from '../operation';
import { isTool } from '../operation';
import { outputOf, outputProperties } from '../output';
import { collectionOf, given, parameterOf } from '../parameters';
import { exportEndpoint, exportLocator } from './locator';
import { exportForms } from './output';
import { exportState } from './state';
import { maxWaitIn, statusWords, waitOptions, waitUntilReady } from './waiting';

export const download: Operation = {
	option: {
		name: 'Download',
		value: 'download',
		action: 'Download export',
		description: 'Fetch the file of an export as binary data, whatever its size',
	},
	properties: [
		{ ...exportLocator, required: true, description: 'The export to download' },
		{
			displayName: 'Put Output File in Field',
			name: 'binaryPropertyName',
			type: 'string',
			required: true,
			default: 'data',
			description: 'The name of the output binary field to put the file in',
			builderHint: {
				propertyHint:
					'Keep data unless a later node expects another field. No HTTP Request node is needed to fetch download_url.',
			},
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			description:
				'Optional. By default the file keeps its name, and an export that is not ready is an error.',
			options: [
				{
					displayName: 'File Name',
					name: 'fileName',
					type: 'string',
					default: '',
					placeholder: 'e.g. street-scenes.zip',
					description: 'File name to use instead of the original',
				},
				...waitOptions,
			],
		},
		...outputProperties(exportForms),
	],
	async execute(run) {
		const { connection } = run;
		const { show } = outputOf(run, exportForms);
		const field = readText(
			'Put Output File in Field',
			parameterOf(run, 'binaryPropertyName', 'data'),
		);
		const options = collectionOf(run, 'options', 'Options', [
			'fileName',
			'maxWait',
			'waitUntilReady',
		]);
		const fileName = given(options, 'fileName', (value) => readFileName('File Name', value));
		const maxWaitMs = maxWaitIn(options);
		const endpoint = exportEndpoint(run);

		const read = async () => await avalaEntry(connection, { method: 'GET', endpoint });
		let entry =
			maxWaitMs === undefined
				? await read()
				: await waitUntilReady(connection, endpoint, maxWaitMs);
		const binary = await downloadFile(connection, {
			endpoint,
			link: linkOf(entry, endpoint),
			freshLink: async () => {
				entry = await read();
				return linkOf(entry, endpoint);
			},
			store: run.context.helpers.prepareBinaryData,
			fileName,
			fallbackName: `export-${idOf(entry.uid) ?? 'file'}`,
		});
		if (isTool(run.context)) {
			run.hint(
				`The file ${binary.fileName} (${binary.fileSize}) was downloaded, but n8n cannot hand a file to an AI agent. To work with the file, use Export: Download as a node of a workflow.`,
			);
		}
		return [{ json: show(entry), binary: { [field]: binary } }];
	},
};

/** @throws UserError that says the state, when there is no file to be downloaded */
function linkOf(entry: IDataObject, { subject }: Endpoint): string {
	const state = exportState(entry);
	if (state === 'failed') {
		throw new UserError(`The ${subject} has no file: ${statusWords(entry)}. Create a new export.`);
	}
	if (state === 'running') {
		throw new UserError(
			`The ${subject} has no file yet: ${statusWords(entry)}. Turn on 'Wait Until Ready' under 'Options', or start the workflow with the Avala Trigger when the export is completed.`,
		);
	}
	const link = textOf(entry.download_url)?.trim();
	if (link) return link;
	throw new UserError(
		`The ${subject} has no file, although ${statusWords(entry)}: Avala sent no 'download_url'. Look at the export in Avala, or create a new one.`,
	);
}
