import type { IDataObject } from 'n8n-workflow';
import { UserError } from 'n8n-workflow';

import { idOf } from '../../shared/values';
import type { Connection } from '../../transport/connection';
import { download as downloadFile } from '../../transport/download';
import { readFileName } from '../../transport/fileName';
import type { Endpoint } from '../../transport/paths';
import { EXPORTS, one } from '../../transport/paths';
import { quote } from '../../transport/quote';
import { avalaEntry } from '../../transport/request';
import type { Field } from '../fields';
import { describedAs, textField } from '../fields';
import { collectionProperty, propertiesOf, readCollection, readParameters } from '../parameters';
import type { Operation } from '../operation';
import { isTool } from '../operation';
import { outputOf, outputProperties } from '../output';
import { maxWaitMs, stateWords, waitFor } from '../waiting';
import { AWAITED, exportForms, exportLocator, exportState, linkIn, WAIT_OPTIONS } from './export';

const PARAMETERS = {
	exportId: describedAs(exportLocator, 'The export to download'),
	binaryPropertyName: textField('Put Output File in Field', undefined, {
		default: 'data',
		description: 'The name of the output binary field to put the file in',
		hint: 'Keep data unless a later node expects another field. No HTTP Request node is needed to fetch download_url.',
	}),
};

const fileName: Field<string> = {
	...textField('File Name', undefined, {
		placeholder: 'e.g. street-scenes.zip',
		description: 'File name to use instead of the original',
	}),
	read: (value) => readFileName('File Name', value),
};
const OPTIONS = { fileName, ...WAIT_OPTIONS };

export const download: Operation = {
	name: 'Download',
	value: 'download',
	action: 'Download export',
	description: 'Fetch the file of an export as binary data, whatever its size',
	properties: [
		...propertiesOf(PARAMETERS, { required: true }),
		collectionProperty(
			'options',
			OPTIONS,
			'Optional. By default the file keeps its name, and an export that is not ready is an error.',
		),
		...outputProperties(exportForms),
	],
	async execute(run) {
		const { connection } = run;
		const { show } = outputOf(run, exportForms);
		const { exportId, binaryPropertyName } = await readParameters(run, PARAMETERS);
		const options = await readCollection(run, 'options', OPTIONS);
		const limitMs = maxWaitMs(options.maxWait, options.waitUntilReady);
		const endpoint = one(EXPORTS, exportId);

		const read = async () => await avalaEntry(connection, { method: 'GET', endpoint });
		let entry =
			limitMs === undefined ? await read() : await waitFor(connection, endpoint, AWAITED, limitMs);
		const binary = await downloadFile(connection, {
			endpoint,
			link: linkOf(connection, entry, endpoint),
			freshLink: async () => {
				entry = await read();
				return linkOf(connection, entry, endpoint);
			},
			store: run.context.helpers.prepareBinaryData,
			fileName: options.fileName,
			fallbackName: `export-${idOf(entry.uid) ?? 'file'}`,
		});
		if (isTool(run.context)) {
			run.hint(
				`The file ${quote(binary.fileName, connection.secrets)} (${binary.fileSize}) was downloaded, but n8n cannot hand a file to an AI agent. To work with the file, use Export: Download as a node of a workflow.`,
			);
		}
		return [{ json: show(entry), binary: { [binaryPropertyName]: binary } }];
	},
};

/** @throws UserError that says how the export stands, when it has no link to a file */
function linkOf(connection: Connection, entry: IDataObject, { subject }: Endpoint): string {
	const link = linkIn(entry);
	const state = exportState(entry);
	if (link !== undefined && state === 'ready') return link;
	const advice =
		state === 'failed'
			? 'Create a new export.'
			: "Turn on 'Wait Until Ready' under 'Options', or start the workflow with the Avala Trigger when the export is completed.";
	throw new UserError(
		`The ${subject} has no file${state === 'failed' ? '' : " yet: Avala sent no 'download_url'"}.`,
		{ description: `In Avala ${stateWords(connection, AWAITED, entry)}. ${advice}` },
	);
}
