import { showDeliveries, showExports, showProjects, showTasks, showWebhooks } from '/tables.js';

const element = (id) => document.getElementById(id);

const EVENTS = [
	['task.completed', 'Complete a task'],
	['task.rejected', 'Reject a task'],
	['export.completed', 'Finish an export'],
	['export.failed', 'Fail an export'],
	['dataset.created', 'Create a dataset'],
];

const FORMATS = {
	guide: 'as in Avala’s guide: id, type, time and data in one envelope',
	older: 'as in Avala’s older documents: an envelope without an id',
	newer: 'as in Avala’s newer documents: the bare resource, with its type and id in headers',
};

/** Whether Get Missed Events has something to give back. */
function recoveryIn(wireFormat) {
	return wireFormat === 'guide'
		? 'This format’s deliveries carry no event: to recover missed events, choose older or newer.'
		: 'This format’s deliveries carry the event, so missed events can be recovered.';
}

async function post(url, body) {
	const response = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	const json = await response.json();
	if (!response.ok) throw new Error(json.detail);
	return json;
}

const say = (text) => (element('status').textContent = text);

/** Runs the action of a button; an error is shown where its success would be. */
function onPress(button, action) {
	button.addEventListener('click', () => action().catch((error) => say(error.message)));
}

const countOf = (count) => (count === 1 ? '1 webhook' : `${count} webhooks`);

for (const [type, label] of EVENTS) {
	const item = document.createElement('li');
	const button = document.createElement('button');
	const note = document.createElement('p');
	button.type = 'button';
	button.textContent = label;
	note.id = `note-${type}`;
	button.setAttribute('aria-describedby', note.id);
	item.append(button, note);
	element('events').append(item);
	onPress(button, async () => {
		const { data, deliveries } = await post('/sandbox/events', { type });
		say(
			deliveries.length > 0
				? `${type} (${data.uid}) goes to ${countOf(deliveries.length)}.`
				: `${type} (${data.uid}) happened, but no active webhook subscribes to it.`,
		);
	});
}

onPress(element('fail'), async () => {
	const fail = element('fail').getAttribute('aria-pressed') !== 'true';
	await post('/sandbox/deliveries', { fail });
	say(fail ? 'Deliveries fail from now on.' : 'Deliveries arrive again from now on.');
});
onPress(element('skip'), async () => {
	const { retried } = await post('/sandbox/retries', {});
	say(
		retried === 0
			? 'No delivery is waiting for a retry.'
			: `${retried === 1 ? '1 delivery is' : `${retried} deliveries are`} retried now.`,
	);
});
element('wireFormat').addEventListener('change', ({ target }) => {
	post('/sandbox/wire-format', { wireFormat: target.value }).catch((error) => say(error.message));
});

function showNotes({ webhooks, deliveries, deliveriesFail, wireFormat, wireFormats }) {
	for (const [type] of EVENTS) {
		const count = webhooks.filter(
			({ events, isActive }) => isActive && events.includes(type),
		).length;
		const note = element(`note-${type}`);
		note.textContent = `${type}\n${count > 0 ? countOf(count) : 'no webhook'}`;
	}
	element('fail').setAttribute('aria-pressed', String(deliveriesFail));
	element('fail-note').textContent = deliveriesFail
		? 'Every delivery fails with 503. Click again to let them arrive. What fails for good can be recovered in the formats older and newer.'
		: 'As if n8n were down: each delivery fails with 503 and waits for its retry.';
	const waiting = deliveries.filter(
		({ status, attempts }) => status === 'pending' && attempts > 0,
	).length;
	element('skip-note').textContent =
		waiting === 0
			? 'Retries come after 1, 5, 15 and 60 minutes. None is waiting.'
			: `Makes all retries now. ${waiting === 1 ? '1 is' : `${waiting} are`} waiting.`;
	const choice = element('wireFormat');
	if (choice.options.length === 0) choice.append(...wireFormats.map((name) => new Option(name)));
	choice.value = wireFormat;
	element('format-note').textContent =
		`Events are sent ${FORMATS[wireFormat]}; the nodes accept all three formats. ${recoveryIn(wireFormat)}`;
}

async function refresh() {
	const state = await (await fetch('/sandbox/state')).json();
	showNotes(state);
	showWebhooks(state.webhooks);
	showDeliveries(state.deliveries, state.webhooks);
	showExports(state.exports);
	showTasks(state.tasks, state.projects);
	showProjects(state.projects);
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

new EventSource('/sandbox/stream').addEventListener('message', refreshWhenFree);
