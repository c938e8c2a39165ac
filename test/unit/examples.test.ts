import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { NodeJson, WorkflowJson } from '../../harness/restData';
import { toObject } from '../../harness/restData';

const FOLDER = path.join(__dirname, '../../examples');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));

/** What n8n's canvas draws for a node, with its name below. */
const NODE_SIZE = { width: 96, height: 96 };
const AGENT_SIZE = { width: 320, height: 128 };
const NAME_HEIGHT = 48;
const COUNTS = ['no', 'one', 'two', 'three', 'four', 'five'];

interface Box {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

const isNote = ({ type }: NodeJson) => type === 'n8n-nodes-base.stickyNote';
const isAvalas = ({ type }: NodeJson) => type.startsWith('n8n-nodes-avala.');

function read(file: string): { nodes: NodeJson[]; notes: NodeJson[] } {
	const workflow: WorkflowJson = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'));
	return {
		nodes: workflow.nodes.filter((node) => !isNote(node)),
		notes: workflow.nodes.filter(isNote),
	};
}

function boxOf(node: NodeJson): Box {
	const { name, position: [left, top] = [0, 0], parameters } = node;
	const nodeSize = node.type.endsWith('.agent') ? AGENT_SIZE : NODE_SIZE;
	const { width, height } = isNote(node)
		? { width: Number(parameters.width), height: Number(parameters.height) }
		: { width: nodeSize.width, height: nodeSize.height + NAME_HEIGHT };
	return { name, left, top, right: left + width, bottom: top + height };
}

function overlap(a: Box, b: Box): boolean {
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Whether a parameter is what each user has one of their own of: a chat's address, or something that was selected. */
function isToBeSet(value: unknown): boolean {
	if (typeof value === 'string') return value.includes('.example.com');
	const { __rl: isLocator, ...fields } = toObject(value);
	if (isLocator === true) return !String(fields.value).startsWith('=');
	return Object.values(fields).some(isToBeSet);
}

describe.each(FILES)('the example %s', (file) => {
	const { nodes, notes } = read(file);
	const contents = notes.map(({ parameters }) => String(parameters.content));
	const setUp = contents.flatMap((content) => content.split('**To set up:**').slice(1)).join('\n');

	it('says in a note what it does, under a heading, and how to set it up', () => {
		expect(contents[0]).toMatch(/^## \S.*\n\S/);
		expect(setUp).toContain('Avala credential');
	});

	it('names in that note each node that needs a credential or a value of the user’s', () => {
		const avalas = nodes.filter(isAvalas);
		const namesAll = new RegExp(`the ${COUNTS[avalas.length]} Avala (nodes|tools)`).test(setUp);
		const isNamed = (node: NodeJson) =>
			setUp.includes(`*${node.name}*`) ||
			(isAvalas(node) && (namesAll || (/Trigger$/.test(node.type) && /the trigger/.test(setUp))));
		const needed = nodes.filter((node) => isAvalas(node) || isToBeSet(node.parameters));
		expect(needed.filter((node) => !isNamed(node)).map(({ name }) => name)).toEqual([]);
	});

	it('has no note that covers a node or another note', () => {
		const covered = notes.flatMap((note) =>
			[...nodes, ...notes]
				.filter((other) => other !== note && overlap(boxOf(note), boxOf(other)))
				.map((other) => `${note.name} covers ${other.name}`),
		);
		expect(covered).toEqual([]);
	});
});
