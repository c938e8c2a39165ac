import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A program of this folder in a process of its own, so that its time and memory are its own. */
export class Child {
	private constructor(private readonly child: ChildProcess) {}

	/** @param execPath the Node that runs it, by default this process's own */
	static start(
		program: string,
		args: readonly string[],
		{ execArgv = [], execPath }: { execArgv?: readonly string[]; execPath?: string } = {},
	): Child {
		return new Child(
			fork(path.join(__dirname, program), args, {
				execArgv: [...execArgv, '--import', 'tsx'],
				execPath,
			}),
		);
	}

	/** The next thing that it tells. @throws when it ends without */
	async next(): Promise<unknown> {
		const gone = new AbortController();
		try {
			return await Promise.race([
				once(this.child, 'message', { signal: gone.signal }).then(
					([message]) => message as unknown,
				),
				once(this.child, 'exit', { signal: gone.signal }).then(([code]) => {
					throw new Error(`${this.child.spawnargs.join(' ')} ended with ${String(code)}`);
				}),
			]);
		} finally {
			gone.abort();
		}
	}

	async ask(question: string): Promise<unknown> {
		const answer = this.next();
		this.child.send(question);
		return await answer;
	}

	async stop(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const ended = once(this.child, 'exit');
		this.child.kill();
		await ended;
	}
}
