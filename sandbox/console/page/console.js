import { showTables } from '/tables.js';

const element = (id) => document.getElementById(id);

const EVENTS = [
	['task.completed', 'Complete a task'],
	['task.reviewed', 'Review a task'],
	['task.rejected', 'Reject a task'],
	['result.submitted', 'Submit a result'],
	['export.completed', 'Finish an export'],
	['export.failed', 'Fail an export'],
	['dataset.created', 'Create a dataset'],
	['quality.alert', 'Quality alert'],
];

const FORMATS = {
	guide: 'as in Avala’s guide: id, type, time and data in one envelope',
	older: 'as in Avala’s older documents: an envelope without an id',
	newer: 'as in Avala’s newer documents: the bare resource, with its type and id in headers',
};

/** Whether Get Missed Events has something to give back. */
const RECOVERY = {
	guide:
		'This format’s deliveries do not contain the event, so what is missed from now on cannot be recovered.',
	older:
		'This format’s deliveries contain the event, so what is missed from now on can be recovered.',
	newer:
		'This format’s deliveries contain the event, so what is missed from now on can be recovered.',
};

async function post(url, body = {}) {
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

/** Runs the action of a control; an error is shown where its success would be. */
function on(type, control, action) {
	control.addEventListener(type, (event) => action(event).catch((error) => say(error.message)));
}

const countOf = (count, thing, things) => (count === 1 ? `1 ${thing}` : `${count} ${things}`);
const webhooksOf = (count) => countOf(count, 'webhook', 'webhooks');

/** What the page shows. */
let state = { webhooks: { rows: [] } };

/** Where an event goes, in few words, and what to do if it goes nowhere. */
function whereItGoes(type) {
	const subscribed = state.webhooks.rows.filter(({ events }) => events.includes(type));
	const active = subscribed.filter(({ isActive }) => isActive).length;
	if (active > 0) return [webhooksOf(active)];
	return subscribed.length > 0
		? ['webhook inactive', 'Its webhook is inactive: activate it under Webhooks.']
		: ['no webhook yet', `Publish a workflow with an Avala Trigger for ${type}.`];
}

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
	on('click', button, async () => {
		const { data, deliveries } = await post('/sandbox/events', { type });
		const uid = data.uid ?? data.result_uid ?? data.target_uid;
		say(
			deliveries.length > 0
				? `${type} (${uid}) goes to ${webhooksOf(deliveries.length)}.`
				: `${type} (${uid}) happened, but nothing was sent. ${whereItGoes(type)[1]}`,
		);
	});
}

on('click', element('fail'), async () => {
	const fail = !state.deliveriesFail;
	await post('/sandbox/settings', { deliveriesFail: fail });
	say(fail ? 'Deliveries fail from now on.' : 'Deliveries arrive again from now on.');
});
on('click', element('skip'), async () => {
	const { retried, failed } = await post('/sandbox/retries');
	const deliveries = countOf(retried, 'delivery was', 'deliveries were');
	say(
		retried === 0
			? 'No delivery is waiting for a retry.'
			: `${deliveries} retried: ${retried - failed} arrived, Avala has given up on ${failed}.`,
	);
});
on('change', element('wireFormat'), async ({ target }) => {
	await post('/sandbox/settings', { wireFormat: target.value });
});

const actions = {
	async test({ uid, targetUrl }) {
		const { error } = await post(`/sandbox/webhooks/${uid}/test`);
		say(
			error === null
				? `The test event arrived at ${targetUrl}.`
				: `The test event did not arrive at ${targetUrl}: ${error}.`,
		);
	},
	async activate({ uid, targetUrl, isActive }) {
		await post(`/sandbox/webhooks/${uid}`, { isActive: !isActive });
		say(`The webhook for ${targetUrl} is ${isActive ? 'inactive' : 'active'} now.`);
	},
};

/** Runs a webhook's action that was pressed in its table. */
on('click', element('webhooks'), async ({ target }) => {
	const webhook = state.webhooks.rows.find(({ uid }) => uid === target.dataset.uid);
	if (webhook) await actions[target.dataset.action](webhook);
});

function showNotes({ waiting, deliveriesFail, wireFormat, wireFormats }) {
	for (const [type] of EVENTS)
		element(`note-${type}`).textContent = `${type}\n${whereItGoes(type)[0]}`;
	element('fail').textContent = deliveriesFail ? 'Let deliveries arrive' : 'Make deliveries fail';
	element('fail-note').textContent = deliveriesFail
		? 'Every delivery fails with 503 now, as if n8n were down. What fails for good in the formats older and newer can be recovered.'
		: 'Deliveries arrive now. To see what happens while n8n is down, make them fail.';
	element('skip-note').textContent =
		waiting === 0
			? 'Retries come after 1, 5, 15 and 60 minutes. No delivery is waiting for one.'
			: `Makes all retries now, until each delivery has arrived or Avala gives up. ${countOf(waiting, 'delivery is', 'deliveries are')} waiting.`;
	const choice = element('wireFormat');
	if (choice.options.length === 0) choice.append(...wireFormats.map((name) => new Option(name)));
	choice.value = wireFormat;
	element('format-note').textContent =
		`Events are sent ${FORMATS[wireFormat]}; the nodes accept all three formats. ${RECOVERY[wireFormat]}`;
}

async function refresh() {
	state = await (await fetch('/sandbox/state')).json();
	showNotes(state);
	showTables(state);
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
