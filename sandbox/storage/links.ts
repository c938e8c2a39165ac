import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Signed links to the storage. */
export class Links {
	private readonly secret = randomBytes(32);

	/** @returns path and query of a new link */
	sign(path: string): string {
		const claims = `Serial=${randomBytes(6).toString('hex')}`;
		return `${path}?${claims}&Signature=${this.signature(path, claims)}`;
	}

	isGood(url: string): boolean {
		const [path = '', query = ''] = url.split('?');
		const [claims = '', signature = ''] = query.split('&Signature=');
		const expected = Buffer.from(this.signature(path, claims));
		const given = Buffer.from(signature);
		return given.length === expected.length && timingSafeEqual(given, expected);
	}

	private signature(path: string, claims: string): string {
		return createHmac('sha256', this.secret).update(`${path}?${claims}`).digest('hex');
	}
}
