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
 * @param rows cells of each row: a text, [text, class] where one looks different, or an element
 * @param total how many rows there would be, if only the first are given
 * @param empty what to say when there are none
 */
function fillTable(id, columns, rows, { total = rows.length, empty }) {
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
	const focused = document.activeElement?.id;
	table.tBodies[0].replaceChildren(...lines);
	if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
	document.getElementById(`${id}-count`).textContent =
		rows.length < total ? `${rows.length} of ${total}` : '';
}

function rowOf(cells, columns) {
	const line = element('tr');
	line.setAttribute('role', 'row');
	for (const [index, cell] of cells.entries()) {
		const [content, className] = Array.isArray(cell) ? cell : [cell];
		const column = element('td', '', className);
		column.append(content ?? '');
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

/** Buttons for one webhook; their ids keep the focus when the table is filled again. */
function webhookActions({ uid, targetUrl, isActive }) {
	const group = element('div', '', 'actions');
	for (const [action, label] of [
		['test', 'Send test event'],
		['activate', isActive ? 'Deactivate' : 'Activate'],
	]) {
		const button = element('button', label);
		button.type = 'button';
		button.id = `${action}-${uid}`;
		button.setAttribute('aria-label', `${label}: ${targetUrl}`);
		Object.assign(button.dataset, { action, uid });
		group.append(button);
	}
	return group;
}

const INACTIVE =
	'inactive: nothing is sent. Avala deactivates a webhook that keeps failing. Let deliveries arrive, then activate it.';

const LOOKS = {
	delivered: 'good',
	ready: 'good',
	completed: 'good',
	success: 'good',
	failed: 'bad',
	pending: 'wait',
	requested: 'wait',
	processing: 'wait',
};
const looking = (word) => [word, LOOKS[word] ?? ''];

export function showTables(state) {
	const { webhooks, deliveries, executions, exports, tasks, projects, datasets } = state;
	const urls = new Map(webhooks.rows.map(({ uid, targetUrl }) => [uid, targetUrl]));
	const target = ({ webhookUid, targetUrl }) =>
		urls.get(webhookUid) ?? `${targetUrl ?? webhookUid} (webhook deleted)`;

	fillTable(
		'webhooks',
		['Target URL', 'Events', 'State', 'ID', 'Actions'],
		webhooks.rows.map((webhook) => [
			[webhook.targetUrl, 'long'],
			[webhook.events.join(', '), 'list'],
			webhook.isActive ? ['active', 'good'] : [INACTIVE, 'bad'],
			webhook.uid,
			webhookActions(webhook),
		]),
		{ ...webhooks, empty: 'None yet. Publish a workflow with an Avala Trigger.' },
	);
	fillTable(
		'deliveries',
		['Time', 'Event', 'Target', 'Status', 'Response', 'Attempts', 'Next attempt'],
		deliveries.rows.map((delivery) => [
			time(delivery.createdAt),
			delivery.type,
			[target(delivery), 'long'],
			looking(delivery.status),
			[delivery.responseStatus ?? delivery.errorMessage, 'list'],
			delivery.attempts,
			delivery.attempts > 0 ? time(delivery.nextRetryAt) : 'now',
		]),
		{ ...deliveries, empty: 'None yet. Do something above that a webhook subscribes to.' },
	);
	fillTable(
		'executions',
		['Time', 'Agent', 'Event', 'Task', 'Status', 'Decision', 'Reason'],
		executions.rows.map(({ createdAt, agent, type, task, status, action, reason }) => [
			time(createdAt),
			agent,
			type,
			[task, 'list'],
			looking(status),
			action,
			[reason, 'list'],
		]),
		{ ...executions, empty: 'None yet. Submit a result.' },
	);
	fillTable(
		'exports',
		['Changed', 'Name', 'State', 'File', 'ID'],
		exports.rows.map(({ uid, name, state: word, file, updatedAt }) => [
			time(updatedAt),
			[name, 'list'],
			looking(word),
			word === 'ready' ? file : '',
			uid,
		]),
		{ ...exports, empty: 'None yet. Finish an export, or create one in n8n.' },
	);
	const names = new Map(projects.rows.map(({ uid, name }) => [uid, name]));
	fillTable(
		'tasks',
		['Changed', 'Name', 'Project', 'Status', 'ID'],
		tasks.rows.map(({ uid, name, project, status, updatedAt }) => [
			time(updatedAt),
			[name, 'list'],
			[names.get(project) ?? project, 'list'],
			[status, status === 'completed' ? 'good' : ''],
			uid,
		]),
		{ ...tasks, empty: 'None.' },
	);
	fillTable(
		'projects',
		['Name', 'Status', 'Open tasks', 'Completed tasks', 'ID'],
		projects.rows.map(({ uid, name, status, openTasks, completedTasks }) => [
			[name, 'list'],
			status,
			openTasks,
			completedTasks,
			uid,
		]),
		{ ...projects, empty: 'None.' },
	);
	fillTable(
		'datasets',
		['Name', 'Data type', 'Items', 'Status', 'Visibility', 'ID'],
		datasets.rows.map(({ uid, name, dataType, itemCount, status, visibility }) => [
			[name, 'list'],
			dataType,
			itemCount,
			status,
			visibility,
			uid,
		]),
		{ ...datasets, empty: 'None. Create one.' },
	);
}
