import { readBody, readRawBody } from '../../../nodes/Avala/trigger/verify';

type Request = Parameters<typeof readRawBody>[0];

/** A request as n8n hands it to a node: read already, or to be read by the node. */
function requestWith(fields: { headers?: object; rawBody?: Buffer; readRawBody?: jest.Mock }) {
	return { headers: {}, readRawBody: jest.fn(), ...fields } as unknown as Request;
}

const BODY = Buffer.from('{"type":"task.completed"}');

describe('the bytes of a request', () => {
	it('are not waited for where n8n has consumed them, or the request would hang', async () => {
		const headers = { 'content-type': 'Multipart/Form-Data; boundary=x' };
		const request = requestWith({ headers });
		expect(await readRawBody(request)).toBeUndefined();
		expect(request.readRawBody).not.toHaveBeenCalled();
	});

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
});

it('the type and the ID in the headers are the first ones where a proxy has sent several', () => {
	const headers = {
		'x-avala-webhook-event': 'task.completed , task.created',
		'x-avala-webhook-delivery': 'wd_1 , wd_2',
	};
	const read = readBody(requestWith({ headers }), Buffer.from('{"uid":"task_1"}'));
	expect(read).toMatchObject({ event: { type: 'task.completed', id: 'wd_1' } });
});
