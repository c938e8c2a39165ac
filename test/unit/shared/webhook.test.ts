import { isSameUrl, readWebhook } from '../../../nodes/Avala/shared/webhook';

const URL = 'https://n8n.example.com/webhook/1b2c/webhook';

describe('a webhook of the account', () => {
	it.each<[unknown, boolean]>([
		[undefined, true],
		['False', false],
		['anything else', true],
	])('whose is_active is %j is active: %s', (is_active, isActive) => {
		expect(readWebhook({ uid: 1, target_url: URL, events: null, is_active })).toEqual({
			uid: '1',
			targetUrl: URL,
			events: [],
			isActive,
		});
	});

	it.each([
		'https://N8N.example.com:443/webhook/1b2c/webhook',
		'https://n8n.example.com/webhook/1b2c/webhook/?#',
	])('has the same URL as this trigger, which Avala writes otherwise: %s', (url) => {
		expect(isSameUrl(url, URL)).toBe(true);
	});

	it.each([
		'n8n.example.com/webhook/1b2c/webhook',
		'http://n8n.example.com/webhook/1b2c/webhook',
		'https://n8n.example.com/webhook/1b2c/Webhook',
		'https://n8n.example.com/webhook/1b2c/webhook?a=1',
		'https://n8n.example.com/webhook/1b2c/webhook#?',
	])('has another URL: %s', (url) => {
		expect(isSameUrl(url, URL)).toBe(false);
	});
});
