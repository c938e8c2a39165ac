import { config } from '@n8n/node-cli/eslint';
import { createNodeResolver } from 'eslint-plugin-import-x';

export default [
	{ ignores: ['dist/**', '.tmp/**', 'harness/versions/**'] },
	...config,
	{
		files: ['**/*.ts'],
		settings: {
			'import-x/extensions': ['.ts'],
			'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.js'] })],
		},
		rules: { 'import-x/no-cycle': 'error' },
	},
	{ files: ['{nodes,credentials}/**/*.ts'], rules: { 'max-lines': ['error', 200] } },
	{
		// Development code is never published: it may read files, listen on sockets and print.
		files: ['{sandbox,harness,demo,test,bench,scripts}/**/*.ts'],
		rules: {
			'@n8n/community-nodes/no-restricted-imports': 'off',
			'@n8n/community-nodes/no-restricted-globals': 'off',
			'@n8n/community-nodes/no-dangerous-functions': 'off',
			'@n8n/community-nodes/no-hardcoded-secrets': 'off',
			'@n8n/community-nodes/no-silent-error-swallowing': 'off',
			'@n8n/community-nodes/require-node-api-error': 'off',
			'no-console': 'off',
		},
	},
];
