import { nameAndType, readFileName } from '../../../nodes/Avala/transport/fileName';

const url = new URL('https://storage.example.com/exports/file?Signature=abc');
const nameOf = (sources: Partial<Parameters<typeof nameAndType>[0]>) =>
	nameAndType({ url, fallback: 'export-exp_1', ...sources }).name;

describe('the name of a downloaded file', () => {
	it.each([
		['a plain name', 'attachment; filename=scenes.zip', 'scenes.zip'],
		['a quoted name', 'attachment; filename="street scenes.zip"', 'street scenes.zip'],
		['a name with quotes in it', String.raw`attachment; filename="a\"b.zip"`, 'a_b.zip'],
		['an encoded name', "attachment; filename*=UTF-8''stra%C3%9Fe.zip", 'straße.zip'],
		['a Latin-1 name', "attachment; filename*=ISO-8859-1''stra%DFe.zip", 'straße.zip'],
		[
			'both, of which the encoded one counts',
			`attachment; filename="strasse.zip"; filename*=UTF-8''stra%C3%9Fe.zip`,
			'straße.zip',
		],
		[
			'UTF-8 that Node has read as Latin-1',
			`attachment; filename="${Buffer.from('straße.zip').toString('latin1')}"`,
			'straße.zip',
		],
		['the encoded one first', "filename*=UTF-8''b.zip; filename=a.zip", 'b.zip'],
		['a plain name first', 'filename=a.zip', 'a.zip'],
		['several blanks', 'attachment;  filename  =  a.zip', 'a.zip'],
		['several blanks, encoded', "attachment;  filename*  =  UTF-8''a.zip", 'a.zip'],
		['a language', "attachment; filename*=utf8'de-DE'stra%C3%9Fe.zip", 'straße.zip'],
		['blanks and dots around it', 'attachment; filename=" .. a.zip . "', 'a.zip'],
		['a path', 'attachment; filename="../../etc/passwd.zip"', 'passwd.zip'],
		['a Windows path', String.raw`attachment; filename="C:\\temp\\x.zip"`, 'x.zip'],
		['an encoded path', "attachment; filename*=UTF-8''..%2F..%2Fx.zip", 'x.zip'],
		['dots in a row', 'attachment; filename="a..b.zip"', 'a.b.zip'],
		['a hidden file', 'attachment; filename=".bashrc"', 'bashrc'],
		['line breaks', "attachment; filename*=UTF-8''a%0D%0Ab.zip", 'ab.zip'],
		[
			'a reversed direction of writing',
			"attachment; filename*=UTF-8''a%E2%80%AEpiz.exe",
			'apiz.exe',
		],
	])('is what the header says, made harmless: %s', (_, disposition, name) => {
		expect(nameOf({ disposition })).toBe(name);
	});

	it.each([
		['only dots', 'attachment; filename=".."'],
		['a folder', 'attachment; filename="folder/"'],
		['broken encoding', "attachment; filename*=UTF-8''%E2%28"],
		['no name', 'attachment'],
		['another charset', "attachment; filename*=xutf-8''a.zip"],
		['another charset that begins alike', "attachment; filename*=UTF-8x''a.zip"],
		['a charset that begins like Latin-1', "attachment; filename*=ISO-8859-15''a.zip"],
		['a charset that ends like Latin-1', "attachment; filename*=xISO-8859-1''a.zip"],
	])('is made up when the header has no usable one: %s', (_, disposition) => {
		expect(nameOf({ disposition, contentType: 'application/zip' })).toBe('export-exp_1.zip');
	});

	it('is "export" when the ID of the export makes no name either', () => {
		expect(nameOf({ fallback: 'export-1/', contentType: 'application/zip' })).toBe('export.zip');
	});

	it('is the last part of the address if it has an extension', () => {
		const from = (path: string) => nameOf({ url: new URL(path, 'https://s.example.com') });
		expect(from('/a/street%20scenes.zip?Signature=abc')).toBe('street scenes.zip');
		expect(from('/a/..%2f..%2fx.zip')).toBe('x.zip');
		expect(from('/a/download')).toBe('export-exp_1');
		expect(from('/a/%E0%A4%A.zip')).toBe('export-exp_1');
		expect(from('/a/v1.2/download')).toBe('export-exp_1');
		expect(from('/a/street-scenes?Signature=abc')).toBe('export-exp_1');
		expect(from('/a/file.not-an-extension')).toBe('export-exp_1');
		expect(
			nameOf({ url: new URL('https://s.example.com/Zk39fjQ'), contentType: 'application/zip' }),
		).toBe('export-exp_1.zip');
		expect(from('/a/100%.zip')).toBe('100%.zip');
		expect(from('/a/5%alpha.zip')).toBe('5%alpha.zip');
		expect(from('/a/100%25%20done.zip')).toBe('100% done.zip');
		for (const none of ['Download', 'file', 'export', 'exp_1', 'export-exp_1', '']) {
			expect(from(`/a/${none}`)).toBe('export-exp_1');
		}
		expect(from('/a/7a1d6a5e-3f0e-4f2e-9a59-6f7a8b9c0d1e')).toBe('export-exp_1');
		expect(from('/a/7a1d6a5e-3f0e-4f2e-9a59-6f7a8b9c0d1e.zip')).toMatch(/^7a1d6a5e.*\.zip$/);
	});

	it('keeps its extension when it is too long', () => {
		const name = nameOf({ disposition: `attachment; filename="${'a'.repeat(500)}.zip"` });
		expect(name).toHaveLength(200);
		expect(name).toMatch(/a\.zip$/);
		expect(nameOf({ disposition: `filename="v1.2-${'a'.repeat(500)}.zip"` })).toMatch(
			/^v1\.2-a+\.zip$/,
		);
		expect(nameOf({ given: undefined, disposition: `filename="${'a'.repeat(500)}"` })).toBe(
			'a'.repeat(200),
		);
		expect(nameOf({ disposition: `filename="${'a'.repeat(200)}"` })).toBe('a'.repeat(200));
	});

	it('fits into what file systems take, which count bytes, and cuts no letter in two', () => {
		const named = (name: string) =>
			nameOf({ disposition: `filename*=UTF-8''${encodeURIComponent(name)}` });
		expect(named(`${'街'.repeat(100)}.zip`)).toBe(`${'街'.repeat(65)}.zip`);
		expect(named(`a${'🚗'.repeat(100)}.zip`)).toBe(`a${'🚗'.repeat(48)}.zip`);
		expect(named(`${'街'.repeat(66)}.z`)).toBe(`${'街'.repeat(66)}.z`);
		expect(() => readFileName('File Name', `${'街'.repeat(100)}.zip`)).toThrow('200 bytes');
	});

	it('is the one that the user wants, unless that leads into another folder', () => {
		const disposition = 'attachment; filename=scenes.zip';
		expect(nameOf({ disposition, given: 'monday.zip' })).toBe('monday.zip');
		expect(readFileName('File Name', ' monday.zip ')).toBe('monday.zip');
		expect(() => readFileName('File Name', 'a/b')).toThrow(
			"a plain name for a file, without a folder, '..' or special characters and of at most 200 bytes",
		);
		for (const bad of ['../x.zip', 'a/b.zip', String.raw`a\b.zip`, '..', 'a\nb', '', {}]) {
			expect(() => readFileName('File Name', bad)).toThrow("'File Name' must be");
		}
	});

	it('is refused quickly however long it is, since n8n can do nothing else meanwhile', () => {
		const before = process.cpuUsage();
		const long = `a${' '.repeat(100_000)}b`;
		expect(() => readFileName('File Name', long)).toThrow("'File Name' must be");
		expect(process.cpuUsage(before).user).toBeLessThan(3_000_000);
	});
});

describe('the MIME type of a downloaded file', () => {
	const typeOf = (contentType: string | undefined, given: string) =>
		nameAndType({ url, fallback: 'x', given, contentType }).mimeType;

	it.each([
		['csv', 'text/csv'],
		['geojson', 'application/geo+json'],
		['gz', 'application/gzip'],
		['json', 'application/json'],
		['jsonl', 'application/x-ndjson'],
		['parquet', 'application/vnd.apache.parquet'],
		['tar', 'application/x-tar'],
		['tgz', 'application/gzip'],
		['txt', 'text/plain'],
		['xml', 'application/xml'],
		['zip', 'application/zip'],
	])('of a.b.%s is %s where the response tells none', (extension, type) => {
		expect(typeOf(undefined, `a.b.${extension}`)).toBe(type);
	});

	it('is what the response says, else what the name says', () => {
		expect(typeOf('Application/Zip; charset=binary', 'a.bin')).toBe('application/zip');
		expect(typeOf('binary/octet-stream', 'a.ZIP')).toBe('application/zip');
		expect(typeOf(undefined, 'a.json')).toBe('application/json');
		expect(typeOf('nonsense', 'a')).toBe('application/octet-stream');
		expect(typeOf('"text/csv"', 'a')).toBe('application/octet-stream');
		expect(typeOf('application/octet-stream', 'a')).toBe('application/octet-stream');
	});

	it('is left to n8n where only the name can tell it', () => {
		for (const name of ['a.mp4', 'a.weird', 'a.constructor']) {
			expect(typeOf('application/octet-stream', name)).toBeUndefined();
			expect(typeOf('binary/octet-stream', name)).toBeUndefined();
			expect(typeOf(undefined, name)).toBeUndefined();
		}
	});
});
