import type { IDataObject } from 'n8n-workflow';

import {
	NOT_REGISTERED,
	readRegistration,
	writeRegistration,
} from '../../../nodes/Avala/trigger/stored';
import { hookContext } from '../../support/contexts';

const contextWith = (staticData: IDataObject) =>
	hookContext({ parameters: {}, staticData, credentials: { apiKey: 'key', baseUrl: '' } });

const STORED = {
	webhookId: 'wh_1',
	webhookSecret: 'secret',
	secretProof: 'proof',
	refusedEvents: ['quality.alert'],
};

describe('what is stored of a webhook', () => {
	// Another name after an update of this package: the webhooks of published workflows would be strangers.
	it('is found again under the names that workflows contain', () => {
		const registration = {
			webhookId: 'wh_1',
			secret: 'secret',
			secretProof: 'proof',
			refusedEvents: ['quality.alert'],
		};
		expect(readRegistration(contextWith({ ...STORED }))).toEqual(registration);
		const staticData: IDataObject = {};
		writeRegistration(contextWith(staticData), registration);
		expect(staticData).toEqual(STORED);
	});

	it('is forgotten whole, and nothing else with it', () => {
		const staticData: IDataObject = { ...STORED, other: 1 };
		writeRegistration(contextWith(staticData), NOT_REGISTERED);
		expect(staticData).toStrictEqual({ other: 1 });
	});

	it('is as good as nothing when it was damaged', () => {
		const damaged = { webhookId: {}, webhookSecret: 7, secretProof: [], refusedEvents: 'x' };
		expect(readRegistration(contextWith(damaged))).toEqual({ refusedEvents: [] });
		expect(readRegistration(contextWith({}))).toEqual(NOT_REGISTERED);
	});
});
