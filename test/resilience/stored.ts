import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { nodeFor } from '../../harness/instance';
import type { Postgres } from '../../harness/services';
import { version } from '../../harness/suite';

/** Run by n8n's own Node, which has SQLite built in. Names each column that contains one of the texts. */
const SEARCH = `
const { DatabaseSync } = require('node:sqlite');
const [file, ...texts] = process.argv.slice(1);
const database = new DatabaseSync(file, { readOnly: true });
const quoted = (name) => '"' + name.replaceAll('"', '""') + '"';
const found = {};
let cells = 0;
for (const { name } of database.prepare("select name from sqlite_master where type = 'table'").all()) {
	for (const row of database.prepare('select * from ' + quoted(name)).iterate()) {
		for (const [column, value] of Object.entries(row)) {
			cells += 1;
			const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value);
			const place = name + '.' + column;
			if (texts.some((wanted) => text.includes(wanted))) found[place] = (found[place] ?? 0) + 1;
		}
	}
}
console.log(JSON.stringify({ cells, found }));
`;

/** Each execution's status and the id of the event in its data, as n8n has stored them in PostgreSQL. */
export function storedExecutions(
	postgres: Postgres,
	workflowId: string,
): Array<{ status: string; eventId: string }> {
	return postgres
		.query(
			`select e.status, substring(d.data from 'evt_[0-9a-f]{16}')
			from execution_entity e left join execution_data d on d."executionId" = e.id
			where e."workflowId" = '${workflowId}' order by e.id`,
		)
		.map(([status = '', eventId = '']) => ({ status, eventId }));
}

export interface Found {
	/** How many values were searched. */
	cells: number;
	/** The number of rows that contain one of the texts, by table and column. */
	found: Record<string, number>;
}

/** Searches every column of every table of n8n's SQLite database, after n8n has stopped. */
export function searchDatabase(userFolder: string, texts: string[]): Found {
	const output = execFileSync(
		nodeFor(version),
		['-e', SEARCH, path.join(userFolder, '.n8n', 'database.sqlite'), ...texts],
		{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
	);
	return JSON.parse(output) as Found;
}

/** The files below a folder that contain one of the texts, relative to the folder. */
export function searchFiles(folder: string, texts: string[]): { files: number; found: string[] } {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
		entry.isFile(),
	);
	const found = files
		.map(({ parentPath, name }) => path.join(parentPath, name))
		.filter((file) => {
			const content = readFileSync(file);
			return texts.some((text) => content.includes(text));
		})
		.map((file) => path.relative(folder, file));
	return { files: files.length, found };
}
