import type { IDataObject } from 'n8n-workflow';

import { momentIn } from '../../shared/moments';
import { textOf } from '../../shared/values';
import type { Connection } from '../../transport/connection';
import { sentUrl } from '../../transport/connection';
import { EXPORTS } from '../../transport/paths';
import { locatorField, namedChoice } from '../locator';
import type { OutputForms } from '../output';
import { pickFields } from '../output';
import type { Awaited, State } from '../waiting';
import { hasFailed, waitFields } from '../waiting';

export const exportLocator = locatorField(EXPORTS, {
	hint: 'The uid of an export (mode id): {{ $json.uid }} behind Export Create or Get Many, {{ $json.resource_uid }} behind the Avala Trigger.',
	// `2026-03-02 10:30 UTC ready – Street scenes`: the time first, since exports of one project share a name.
	choices: (entry) => {
		const choice = namedChoice(entry);
		const created = momentIn(entry.created_at);
		const time = created === undefined ? '' : new Date(created).toISOString().slice(0, 16);
		const when = time === '' ? '' : `${time.replace('T', ' ')} UTC `;
		return choice && { ...choice, name: `${when}${exportState(entry)} – ${choice.name}` };
	},
});

/** Whatever words a server has for it, an export is ready once there is a link to its file. */
export function exportState(sent: IDataObject): State {
	if (hasFailed(sent)) return 'failed';
	return linkIn(sent) === undefined ? 'running' : 'ready';
}

export function linkIn({ download_url: link }: IDataObject): string | undefined {
	return textOf(textOf(link)?.trim());
}

export const AWAITED: Awaited = {
	what: 'the export',
	end: 'ready',
	hint: 'An export takes from seconds to many minutes. Turn this on to go on in the same workflow; to start a workflow when any export is ready, use the Avala Trigger with export.completed.',
	stateOf: exportState,
	advice: 'Create a new export; if that fails as well, ask Avala’s support about this one.',
};

const { maxWait, wait } = waitFields(AWAITED);

export const WAIT_OPTIONS = { maxWait, waitUntilReady: wait };

/** Where a link leads, which may be relative to the API's origin. */
function absolute(connection: Connection, link: string): string | undefined {
	const { origin } = new URL(connection.baseUrl);
	return URL.canParse(link, origin) ? sentUrl(connection, link, origin).href : undefined;
}

/** The ten fields that tell the most, by the same names in every wire format. */
const simplify: OutputForms['simplify'] = (sent, connection) => {
	const { uid, name, ...others } = pickFields(sent, [
		'uid',
		'name',
		'status',
		'format',
		'total_task_count',
		'exported_task_count',
		'created_at',
		'updated_at',
	]);
	const link = linkIn(sent);
	const download_url = (link && connection && absolute(connection, link)) ?? link ?? null;
	return { uid, name, state: exportState(sent), ...others, download_url };
};

export const exportForms: OutputForms = {
	simplify,
	complete: (sent) => ({ ...sent, state: exportState(sent) }),
	fields: [
		...Object.keys(simplify({})),
		'projects',
		'datasets',
		'slices',
		'filter_query_string',
		'organization',
	],
};
