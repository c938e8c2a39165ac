import { readBody, readRawBody } from '../../../nodes/Avala/trigger/verify';

type Request = Parameters<typeof readRawBody>[0];

/** A request as n8n hands it to a node: read already, or to be read by the node. */
function requestWith(fields: { headers?: object; rawBody?: Buffer; readRawBody?: jest.Mock }) {
	return { headers: {}, readRawBody: jest.fn(), ...fields } as unknown as Request;
}

const BODY = Buffer.from('{"type":"task.completed"}');

describe('the bytes of a request', () => {
	it.each(['multipart/form-data; boundary=x', 'Multipart/Form-Data; boundary=x'])(
		'are not waited for where n8n has consumed them, or the request would hang: %s',
		async (contentType) => {
			const request = requestWith({ headers: { 'content-type': contentType } });
			expect(await readRawBody(request)).toBeUndefined();
			expect(request.readRawBody).not.toHaveBeenCalled();
		},
	);

	it('are not read twice', async () => {
		const request = requestWith({ rawBody: BODY });
		expect(await readRawBody(request)).toBe(BODY);
		expect(request.readRawBody).not.toHaveBeenCalled();
	});

	it.each([{}, { 'content-type': 'application/x-multipart/other' }])(
		'are read by the node where n8n has not: %j',
		async (headers) => {
			const request = requestWith({ headers });
			jest.mocked(request.readRawBody).mockImplementation(async () => {
				request.rawBody = BODY;
			});
			expect(await readRawBody(request)).toBe(BODY);
		},
	);

	it('may be missing after all', async () => {
		const failing = jest.fn().mockRejectedValue(new Error('request aborted'));
		expect(await readRawBody(requestWith({ readRawBody: failing }))).toBeUndefined();
		expect(await readRawBody(requestWith({}))).toBeUndefined();
	});
});

describe('the type and the ID in the headers', () => {
	const read = (type: string | string[], id: string | string[]) =>
		readBody(
			requestWith({ headers: { 'x-avala-webhook-event': type, 'x-avala-webhook-delivery': id } }),
			Buffer.from('{"uid":"task_1"}'),
		);

	it.each([
		['task.completed', 'wd_1'],
		['task.completed , task.created', 'wd_1 , wd_2'],
		[
			['task.completed', 'task.created'],
			['wd_1', 'wd_2'],
		],
	])('are the first ones where a proxy has sent several: %j', (type, id) => {
		expect(read(type, id)).toMatchObject({ event: { type: 'task.completed', id: 'wd_1' } });
	});
});
