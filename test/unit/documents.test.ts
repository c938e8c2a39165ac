import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { RESOURCES } from '../../nodes/Avala/actions/resources';
import { SCOPES } from '../../sandbox/api/keys';

const ROOT = path.join(__dirname, '../..');
const DOCUMENTS = [
	...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/README.md'],
	...readdirSync(path.join(ROOT, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
];

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** The anchors that GitHub gives the headings of a document. */
function anchorsIn(text: string): string[] {
	const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
	return headings.map((heading) =>
		heading
			.toLowerCase()
			.replace(/[^\w\- ]/g, '')
			.replaceAll(' ', '-'),
	);
}

describe('the documents', () => {
	it.each(DOCUMENTS)('%s links to files and headings that there are', (file) => {
		const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
		const dead = links.filter((link) => {
			if (/^https?:/.test(link)) return false;
			const [target = '', anchor] = link.split('#');
			const found = target === '' ? file : path.join(path.dirname(file), target);
			if (!existsSync(path.join(ROOT, found))) return true;
			return anchor !== undefined && !anchorsIn(read(found)).includes(anchor);
		});
		expect(dead).toEqual([]);
	});

	it('show every picture that there is', () => {
		const pictures = readdirSync(path.join(ROOT, 'docs/images'), { recursive: true }).filter(
			(name) => /\.\w+$/.test(String(name)),
		);
		const shown = DOCUMENTS.flatMap((file) =>
			[...read(file).matchAll(/!\[[^\]]+\]\(\S*images\/([\w./-]+)\)/g)].map(([, name]) => name),
		);
		expect(pictures.filter((picture) => !shown.includes(String(picture)))).toEqual([]);
	});

	it('the README has 1,500 words at most', () => {
		expect(read('README.md').split(/\s+/).length).toBeLessThanOrEqual(1500);
	});

	it.each(
		RESOURCES.flatMap(({ name, operations }) =>
			operations.map((operation) => [name, operation.name] as const),
		),
	)('docs/operations.md shows an example of %s: %s', (resource, operation) => {
		const section =
			read('docs/operations.md')
				.split(`**${resource}**`)[1]
				?.split(/^\*\*|^#/m)[0] ?? '';
		const entry = section.split(/^- /m).find((text) => text.startsWith(`**${operation}**`)) ?? '';
		expect(entry).toContain('Example:');
	});

	it('docs/operations.md names the permissions that Avala has, and no other', () => {
		const words = read('docs/operations.md').match(/`\w+\.(?:read|write|create)`/g) ?? [];
		const named = new Set(words.map((word) => word.replaceAll('`', '')));
		expect(named).toEqual(new Set(SCOPES));
	});

	it('examples/README.md lists every workflow in the folder', () => {
		const workflows = readdirSync(path.join(ROOT, 'examples')).filter((file) =>
			file.endsWith('.json'),
		);
		const listed = [...read('examples/README.md').matchAll(/\]\(([\w-]+\.json)\)/g)];
		expect(listed.map(([, file]) => file).sort()).toEqual(workflows.sort());
	});
});
