/** Whatever targets send back is shown as text, never as HTML. */
function element(name, text, className = '') {
	const made = document.createElement(name);
	made.textContent = text ?? '';
	if (className) made.className = className;
	return made;
}

/**
 * Fills a table. On a narrow page its rows become blocks, so roles and the columns' names are written out.
 *
 * @param columns names, left to right
 * @param rows cells of each row: a text, or [text, class] where one looks different
 * @param empty what to say when there are none
 */
export function fillTable(id, columns, rows, empty) {
	const table = document.getElementById(id);
	table.setAttribute('role', 'table');
	if (!table.tHead) {
		const head = table.createTHead();
		head.setAttribute('role', 'rowgroup');
		const line = head.insertRow();
		line.setAttribute('role', 'row');
		for (const name of columns) {
			const cell = element('th', name);
			cell.scope = 'col';
			cell.setAttribute('role', 'columnheader');
			line.append(cell);
		}
		table.createTBody().setAttribute('role', 'rowgroup');
	}
	const lines = rows.map((cells) => rowOf(cells, columns));
	if (lines.length === 0) {
		const line = rowOf([[empty, 'empty']], ['']);
		line.firstChild.colSpan = columns.length;
		lines.push(line);
	}
	table.tBodies[0].replaceChildren(...lines);
}

function rowOf(cells, columns) {
	const line = element('tr');
	line.setAttribute('role', 'row');
	for (const [index, cell] of cells.entries()) {
		const [text, className] = Array.isArray(cell) ? cell : [cell];
		const column = element('td', text, className);
		column.setAttribute('role', 'cell');
		if (columns[index]) column.dataset.column = columns[index];
		line.append(column);
	}
	return line;
}

/** The time of today, or an earlier date. */
function time(value) {
	if (value === null) return '';
	const date = new Date(value);
	const isToday = date.toDateString() === new Date().toDateString();
	return isToday ? date.toLocaleTimeString() : date.toLocaleDateString();
}

export function showWebhooks(webhooks) {
	fillTable(
		'webhooks',
		['Target URL', 'Events', 'State', 'ID'],
		webhooks.map(({ uid, targetUrl, events, isActive }) => [
			[targetUrl, 'long'],
			[events.join(', '), 'list'],
			isActive ? ['active', 'good'] : ['inactive', 'bad'],
			uid,
		]),
		'None yet. Publish a workflow with an Avala Trigger.',
	);
}

export function showDeliveries(deliveries, webhooks) {
	const known = new Map(webhooks.map(({ uid, targetUrl }) => [uid, targetUrl]));
	const target = ({ webhookUid, targetUrl }) =>
		known.get(webhookUid) ?? `${targetUrl ?? webhookUid} (webhook deleted)`;
	const looks = { delivered: 'good', failed: 'bad', pending: 'wait' };
	fillTable(
		'deliveries',
		['Time', 'Event', 'Target', 'Status', 'Response', 'Attempts', 'Next attempt'],
		deliveries.map((delivery) => [
			time(delivery.createdAt),
			delivery.type,
			[target(delivery), 'long'],
			[delivery.status, looks[delivery.status]],
			[delivery.responseStatus ?? delivery.errorMessage, 'list'],
			delivery.attempts,
			delivery.attempts > 0 ? time(delivery.nextRetryAt) : 'now',
		]),
		'None yet.',
	);
}

export function showExports(exports) {
	const looks = { ready: 'good', failed: 'bad', requested: 'wait', processing: 'wait' };
	fillTable(
		'exports',
		['Changed', 'Name', 'State', 'File', 'ID'],
		exports.map(({ uid, name, state, file, updatedAt }) => [
			time(updatedAt),
			[name, 'list'],
			[state, looks[state]],
			state === 'ready' ? file : '',
			uid,
		]),
		'None yet. Finish an export, or create one in n8n.',
	);
}

export function showTasks(tasks, projects) {
	const names = new Map(projects.map(({ uid, name }) => [uid, name]));
	fillTable(
		'tasks',
		['Changed', 'Name', 'Project', 'Status', 'ID'],
		tasks.map(({ uid, name, project, status, updatedAt }) => [
			time(updatedAt),
			[name, 'list'],
			[names.get(project) ?? project, 'list'],
			[status, status === 'completed' ? 'good' : ''],
			uid,
		]),
		'None.',
	);
}

export function showProjects(projects) {
	fillTable(
		'projects',
		['Name', 'Status', 'Open tasks', 'Completed tasks', 'ID'],
		projects.map(({ uid, name, status, openTasks, completedTasks }) => [
			[name, 'list'],
			status,
			openTasks,
			completedTasks,
			uid,
		]),
		'None.',
	);
}
