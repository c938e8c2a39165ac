import { PollContext } from 'n8n-core';
import { deepCopy } from 'n8n-workflow';
import type {
	IDataObject,
	INode,
	INodeParameters,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import { AvalaMissedEventsTrigger } from '../../nodes/Avala/AvalaMissedEventsTrigger.node';
import type { AvalaCredential } from './n8n';
import { additionalData, makeNode, makeWorkflow } from './n8n';

const NAME = 'Missed Events';

let processes = 0;

/** What n8n's log says. */
export interface Log {
	info: string[];
	warn: string[];
}

/**
 * The Avala Missed Events Trigger as n8n polls it. Of the static data n8n's database has what n8n saves: the
 * state after an activation, and that of each poll that gave items.
 */
export class PolledNode {
	/** The node's static data in n8n's database. */
	saved: IDataObject = {};

	/** The items that started executions, one list each. */
	readonly executions: IDataObject[][] = [];

	readonly log: Log = { info: [], warn: [] };

	private context: PollContext | undefined;

	private id = '';

	constructor(
		readonly parameters: INodeParameters,
		readonly credentials: AvalaCredential,
	) {
		this.kill();
	}

	/** n8n ends without saving anything; what the module remembered is gone with it. */
	kill(): void {
		this.context = undefined;
		this.id = `workflow-${(processes += 1)}`;
	}

	/** The first poll, for which n8n waits. */
	async activate(mode: WorkflowActivateMode = 'activate'): Promise<IDataObject[] | null> {
		const context = this.newContext('trigger', mode);
		this.context = context;
		const items = await this.poll();
		this.saved = this.present(context);
		return items;
	}

	/** A poll at its time. */
	async poll(): Promise<IDataObject[] | null> {
		const { context } = this;
		if (!context) throw new Error('The node is not active');
		const items = await run(context);
		if (items) {
			this.saved = this.present(context);
			this.executions.push(items);
		}
		return items;
	}

	/** What "Fetch Test Event" shows. */
	async fetchTestEvent(): Promise<IDataObject[] | null> {
		return await run(this.newContext('manual', 'manual'));
	}

	/** All items that were given. */
	get items(): IDataObject[] {
		return this.executions.flat();
	}

	private present(context: PollContext): IDataObject {
		return deepCopy(context.getWorkflowStaticData('node'));
	}

	private newContext(mode: WorkflowExecuteMode, activation: WorkflowActivateMode): PollContext {
		const node: INode = {
			...makeNode('n8n-nodes-avala.avalaMissedEventsTrigger', 1, this.parameters),
			name: NAME,
		};
		const staticData = { [`node:${NAME}`]: structuredClone(this.saved) };
		const workflow = makeWorkflow([node], staticData);
		workflow.id = this.id;
		const data = additionalData({ credentials: this.credentials });
		const context = new PollContext(workflow, node, data, mode, activation);
		const { info, warn } = this.log;
		Object.defineProperty(context, 'logger', {
			value: {
				debug: () => {},
				info: (text: string) => info.push(text),
				warn: (text: string) => warn.push(text),
			},
		});
		return context;
	}
}

async function run(context: PollContext): Promise<IDataObject[] | null> {
	const output = await new AvalaMissedEventsTrigger().poll.call(context);
	return output ? output.flat().map(({ json }) => json) : null;
}
