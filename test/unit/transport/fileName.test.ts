import { gzipSync } from 'node:zlib';

import type { NameSources } from '../../../nodes/Avala/transport/fileName';
import { nameAndType, readFileName } from '../../../nodes/Avala/transport/fileName';

const ZIP = Buffer.from('PK\x03\x04 and more');
const GZIP = gzipSync('{}');
const TEXT = Buffer.from('{}');

interface Given extends Partial<NameSources> {
	disposition?: string;
	type?: string;
	path?: string;
}

/** A file that is sent as given, from an address that tells no name. */
const named = ({ disposition, type, path = '/Zk39fjQ', ...sources }: Given) =>
	nameAndType({
		headers: { 'content-disposition': disposition, 'content-type': type },
		url: new URL(path, 'https://storage.example.com'),
		fallback: 'export-exp_1',
		start: TEXT,
		...sources,
	});
const nameOf = (given: Given) => named(given).name;

describe('the name of a downloaded file', () => {
	it.each([
		['a plain name', 'attachment; filename=scenes.zip', 'scenes.zip'],
		['a quoted name', 'attachment; filename="street scenes.zip"', 'street scenes.zip'],
		['a name with quotes in it', String.raw`attachment; filename="a\"b.zip"`, 'a_b.zip'],
		[
			'two, of which the encoded one counts',
			`attachment; filename="strasse.zip"; filename*=UTF-8''stra%C3%9Fe.zip`,
			'straße.zip',
		],
		['the encoded one first', "filename*=UTF-8''b.zip; filename=a.zip", 'b.zip'],
		['several blanks', 'attachment;  filename  =  a.zip', 'a.zip'],
		['several blanks, encoded', "attachment;  filename*  =  UTF-8''a.zip", 'a.zip'],
		['a language', "attachment; filename*=utf8'de-DE'stra%C3%9Fe.zip", 'straße.zip'],
		[
			'UTF-8 that Node has read as Latin-1',
			`attachment; filename="${Buffer.from('straße.zip').toString('latin1')}"`,
			'straße.zip',
		],
		['blanks and dots around it', 'attachment; filename=" .. a.zip . "', 'a.zip'],
		['a path', 'attachment; filename="../../etc/passwd.zip"', 'passwd.zip'],
		['a Windows path', String.raw`attachment; filename="C:\\temp\\x.zip"`, 'x.zip'],
		['dots in a row', 'attachment; filename="a..b.zip"', 'a.b.zip'],
		['a hidden file', 'attachment; filename=".bashrc"', 'bashrc'],
		['line breaks', "attachment; filename*=UTF-8''a%0D%0Ab.zip", 'ab.zip'],
		['a reversed writing', "attachment; filename*=UTF-8''a%E2%80%AEpiz.exe", 'apiz.exe'],
	])('is what the header says, made harmless: %s', (_, disposition, name) => {
		expect(nameOf({ disposition })).toBe(name);
	});

	it.each([
		['only dots', 'attachment; filename=".."'],
		['broken encoding', "attachment; filename*=UTF-8''%E2%28"],
		['no name', 'attachment'],
		['another charset', "attachment; filename*=ISO-8859-1''a.zip"],
		['a charset that ends like UTF-8', "attachment; filename*=xutf-8''a.zip"],
	])('is made up when the header has no usable one: %s', (_, disposition) => {
		expect(nameOf({ disposition, type: 'application/zip' })).toBe('export-exp_1.zip');
	});

	it.each([
		['/a/street%20scenes.zip?Signature=abc', 'street scenes.zip'],
		['/a/..%2f..%2fx.zip', 'x.zip'],
		['/a/100%.zip', '100%.zip'],
		['/a/5%alpha.zip', '5%alpha.zip'],
		['/a/100%25%20done.zip', '100% done.zip'],
		['/a/download', 'export-exp_1'],
		['/a/%E0%A4%A.zip', 'export-exp_1'],
		['/a/file.not-an-extension', 'export-exp_1'],
	])('is the last part of the address if it has an extension: %s', (path, name) => {
		expect(nameOf({ path })).toBe(name);
	});

	it.each<[string, Given, string]>([
		['its type', { type: 'text/csv' }, 'export-exp_1.csv'],
		['its bytes', { type: 'text/html', start: ZIP }, 'export-exp_1.zip'],
		['its bytes', { start: GZIP }, 'export-exp_1.gz'],
		['nothing, whose ID makes no name either', { fallback: 'a/', type: 'text/csv' }, 'export.csv'],
	])('is made of the export’s ID and %s', (_, given, name) => {
		expect(nameOf(given)).toBe(name);
	});

	it.each([
		['scenes.json.gz', TEXT, 'scenes.json'],
		['scenes.TGZ', TEXT, 'scenes.tar'],
		['scenes.json.gz', GZIP, 'scenes.json.gz'],
		['scenes.json.gz', Buffer.alloc(0), 'scenes.json.gz'],
		['.gz', TEXT, 'gz'],
	])('%s says what the bytes are, which may have been unpacked on the way', (sent, start, name) => {
		expect(nameOf({ disposition: `filename="${sent}"`, start })).toBe(name);
		expect(nameOf({ given: sent, start })).toBe(sent);
	});

	it('keeps its extension when it is too long for a file system, and no letter is cut in two', () => {
		const shortened = (name: string) =>
			nameOf({ disposition: `filename*=UTF-8''${encodeURIComponent(name)}` });
		expect(shortened('a'.repeat(200))).toBe('a'.repeat(200));
		expect(shortened('a'.repeat(500))).toBe('a'.repeat(200));
		expect(shortened(`v1.2-${'a'.repeat(500)}.zip`)).toMatch(/^v1\.2-a+\.zip$/);
		expect(shortened(`${'街'.repeat(100)}.zip`)).toBe(`${'街'.repeat(65)}.zip`);
		expect(shortened(`a${'🚗'.repeat(100)}.zip`)).toBe(`a${'🚗'.repeat(48)}.zip`);
	});

	it('is the one that the user wants, unless that leads into another folder', () => {
		const disposition = 'attachment; filename=scenes.zip';
		expect(nameOf({ disposition, given: 'monday.zip' })).toBe('monday.zip');
		expect(readFileName('File Name', ' monday.zip ')).toBe('monday.zip');
		const bad = ['../x.zip', 'a/b.zip', String.raw`a\b.zip`, '..', 'a\nb', '', {}];
		for (const name of [...bad, `${'街'.repeat(100)}.zip`, `a${' '.repeat(100_000)}b`]) {
			expect(() => readFileName('File Name', name)).toThrow("'File Name'");
		}
	});
});

describe('the MIME type of a downloaded file', () => {
	it.each<[string | undefined, string, Uint8Array, string | undefined]>([
		['Application/Zip; charset=binary', 'a.bin', TEXT, 'application/zip'],
		['text/html; charset=utf-8', 'a.csv', TEXT, undefined],
		['text/html', 'a', ZIP, 'application/zip'],
		['application/gzip', 'a.json', TEXT, undefined],
		['application/x-gzip', 'a', GZIP, 'application/x-gzip'],
		['nonsense', 'a', TEXT, 'application/octet-stream'],
		['"text/csv"', 'a', TEXT, 'application/octet-stream'],
		[undefined, 'a', GZIP, 'application/gzip'],
		// n8n knows these by the name.
		['binary/octet-stream', 'a.mp4', TEXT, undefined],
		[undefined, 'a.constructor', ZIP, undefined],
	])('sent as %j, of %s, is what is known of it', (type, given, start, mimeType) => {
		expect(named({ type, given, start }).mimeType).toBe(mimeType);
	});
});
