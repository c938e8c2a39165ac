import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

import type { INodeProperties } from 'n8n-workflow';

import { AvalaApi } from '../../credentials/AvalaApi.credentials';
import { Avala } from '../../nodes/Avala/Avala.node';
import { AvalaMissedEventsTrigger } from '../../nodes/Avala/AvalaMissedEventsTrigger.node';
import { AvalaTrigger } from '../../nodes/Avala/AvalaTrigger.node';

const ROOT = path.join(__dirname, '../..');
const SOURCES = ['nodes', 'credentials'].flatMap((folder) =>
	readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.ts'))
		.map((file) => path.join(folder, file)),
);

/** The texts of a source file: errors, hints, log lines and descriptions; placeholders stand for values. */
function textsIn(file: string): string[] {
	const texts: string[] = [];
	const source = ts.createSourceFile(
		file,
		readFileSync(path.join(ROOT, file), 'utf8'),
		ts.ScriptTarget.Latest,
		true,
	);
	const visit = (node: ts.Node): void => {
		if (ts.isStringLiteralLike(node)) texts.push(node.text);
		if (ts.isTemplateExpression(node)) {
			const spans = node.templateSpans.map(({ literal }) => `…${literal.text}`);
			texts.push(node.head.text + spans.join(''));
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return texts;
}

const labelsOf = (properties: INodeProperties[]): string[] =>
	properties.flatMap(({ displayName, type, options = [] }) => [
		displayName,
		...(type === 'collection' ? labelsOf(options as INodeProperties[]) : []),
	]);

/** Names of one word, such as Status, are also words of a sentence: only a reader can tell. */
const LABELS = [
	new Avala().description,
	new AvalaTrigger().description,
	new AvalaMissedEventsTrigger().description,
	new AvalaApi(),
]
	.flatMap(({ properties }) => labelsOf(properties))
	.concat('All Event Types', 'Retry On Fail', 'On Error')
	.filter((label) => label.includes(' '))
	.sort((a, b) => b.length - a.length);
const NAMED = new RegExp(LABELS.map((label) => label.replace(/[()]/g, '\\$&')).join('|'), 'g');

describe('a text that names a parameter', () => {
	it.each(SOURCES)('puts the name in single quotes: %s', (file) => {
		const unquoted = textsIn(file).filter((text) =>
			[...text.matchAll(NAMED)].some(({ 0: name, index: at }) => {
				const isTheText = name === text;
				return !isTheText && text.slice(at - 1, at + name.length + 1) !== `'${name}'`;
			}),
		);
		expect(unquoted).toEqual([]);
	});

	it.each(SOURCES)('spells the name as the credential has it: %s', (file) => {
		const loose = /the (?:base URL|API key|webhook secret) (?:of|in) the Avala credential/i;
		expect(textsIn(file).filter((text) => loose.test(text))).toEqual([]);
	});

	it.each(SOURCES)('has ’ for an apostrophe, so that no name seems to begin there: %s', (file) => {
		expect(textsIn(file).filter((text) => /\w'\w/.test(text))).toEqual([]);
	});

	it('is looked for by names that there are', () => {
		expect(LABELS).toEqual(
			expect.arrayContaining(['Created After', 'Webhook Secret', 'Trigger On']),
		);
	});
});
