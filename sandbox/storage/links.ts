import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Signed links to the storage that are valid for a limited time. */
export class Links {
	private readonly secret = randomBytes(32);

	private made = 0;

	private expiredUpTo = 0;

	/** @returns path and query of a new link */
	sign(path: string, lifetimeMs: number): string {
		this.made += 1;
		const claims = `Expires=${Date.now() + lifetimeMs}&Serial=${this.made}`;
		return `${path}?${claims}&Signature=${this.signature(path, claims)}`;
	}

	/** Expires all links. */
	expireAll(): void {
		this.expiredUpTo = this.made;
	}

	check(url: string): 'good' | 'expired' | 'forged' {
		const [path = '', query = ''] = url.split('?');
		const [claims = '', signature = ''] = query.split('&Signature=');
		const expected = Buffer.from(this.signature(path, claims));
		const given = Buffer.from(signature);
		if (given.length !== expected.length || !timingSafeEqual(given, expected)) return 'forged';
		const parameters = new URLSearchParams(claims);
		const isExpired =
			Number(parameters.get('Expires')) <= Date.now() ||
			Number(parameters.get('Serial')) <= this.expiredUpTo;
		return isExpired ? 'expired' : 'good';
	}

	private signature(path: string, claims: string): string {
		return createHmac('sha256', this.secret).update(`${path}?${claims}`).digest('hex');
	}
}
