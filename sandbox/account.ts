/** The account of the sandbox's own API key. */
export const MAIN_ACCOUNT = 'main';
