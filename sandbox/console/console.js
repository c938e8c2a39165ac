const element = (id) => document.getElementById(id);

async function post(url, body) {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	const answer = await response.json();
	if (!response.ok) throw new Error(answer.detail);
	return answer;
}

/** A row whose cells hold texts, or [text, class] where one looks different. Text only: targets answer what they like. */
function row(...cells) {
	const line = document.createElement('tr');
	for (const cell of cells) {
		const [text, className = ''] = Array.isArray(cell) ? cell : [cell];
		const column = document.createElement('td');
		column.textContent = text ?? '';
		column.className = className;
		line.append(column);
	}
	return line;
}

function emptyRow(text, columns) {
	const line = row([text, 'empty']);
	line.firstChild.colSpan = columns;
	return line;
}

const time = (value) => (value === null ? '' : new Date(value).toLocaleTimeString());

async function refresh() {
	const { webhooks, deliveries, wireFormat, wireFormats } = await (
		await fetch('/sandbox/state')
	).json();
	const targets = new Map(webhooks.map(({ uid, targetUrl }) => [uid, targetUrl]));
	element('webhooks').replaceChildren(
		...(webhooks.length > 0
			? webhooks.map(({ uid, targetUrl, events, isActive }) =>
					row(
						[targetUrl, 'long'],
						[events.join(', '), 'list'],
						isActive ? ['active', 'active'] : ['switched off', 'inactive'],
						uid,
					),
				)
			: [emptyRow('None yet. Activate a workflow with an Avala Trigger.', 4)]),
	);
	element('deliveries').replaceChildren(
		...(deliveries.length > 0
			? deliveries.map((delivery) =>
					row(
						time(delivery.createdAt),
						delivery.type,
						[targets.get(delivery.webhookUid) ?? `${delivery.webhookUid} (deleted)`, 'long'],
						[delivery.status, delivery.status],
						[delivery.responseStatus ?? delivery.errorMessage, 'list'],
						delivery.attempts,
						delivery.attempts > 0 ? time(delivery.nextRetryAt) : 'now',
					),
				)
			: [emptyRow('None yet.', 7)]),
	);
	const choice = element('wireFormat');
	if (choice.options.length === 0) choice.append(...wireFormats.map((name) => new Option(name)));
	choice.value = wireFormat;
}

let refreshing = false;
let isStale = false;

/** One refresh at a time, however fast things happen; the last one shows the latest state. */
async function refreshWhenFree() {
	isStale = true;
	if (refreshing) return;
	refreshing = true;
	try {
		while (isStale) {
			isStale = false;
			await refresh();
		}
	} finally {
		refreshing = false;
	}
}

for (const button of document.querySelectorAll('button[data-event]')) {
	button.addEventListener('click', async () => {
		try {
			const { type, data, deliveries } = await post('/sandbox/events', {
				type: button.dataset.event,
			});
			const count = deliveries.length === 1 ? '1 webhook' : `${deliveries.length} webhooks`;
			element('status').textContent = `${type} (${data.uid}) goes to ${count}.`;
		} catch (error) {
			element('status').textContent = error.message;
		}
	});
}
element('wireFormat').addEventListener('change', (change) =>
	post('/sandbox/wire-format', { wireFormat: change.target.value }),
);
new EventSource('/sandbox/stream').addEventListener('message', refreshWhenFree);
