import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { Connection } from '../transport/connection';
import type { Locator } from './locator';

/** One input item of one execution. */
export interface ItemRun {
	context: IExecuteFunctions;
	itemIndex: number;
	connection: Connection;
	/**
	 * Does work that other items of the execution ask for as well only once, if it succeeds. Each caller
	 * gets a copy of its own.
	 *
	 * @param key says what the work is, with all that its result depends on
	 */
	once<T extends object | string>(key: unknown[], work: () => Promise<T>): Promise<T>;
	/** Shows a note on the node's output, each text once; to an AI agent it is given as a last item. */
	hint(message: string): void;
}

interface MenuEntry {
	name: string;
	value: string;
	description: string;
}

/** One operation: how the editor offers it, its parameters, and what it does for one item. */
export interface Operation extends MenuEntry {
	/** For the list of actions: `Get many webhooks`. */
	action: string;
	properties: INodeProperties[];
	/** The router pairs what comes out with the input item. */
	execute(run: ItemRun): Promise<INodeExecutionData[]>;
}

/** One resource: a folder beside this file, and a line in `resources.ts`. */
export interface Resource extends MenuEntry {
	/** In the order in which the editor offers them. */
	operations: Operation[];
	/** Those whose lists it searches. */
	locators?: Locator[];
}

/** Whether the node is a tool of an AI agent. */
export function isTool(context: IExecuteFunctions): boolean {
	return context.getNode().type.endsWith('Tool');
}

/** What most operations give: one n8n item for each object. */
export function itemsOf(objects: IDataObject[]): INodeExecutionData[] {
	return objects.map((json) => ({ json }));
}

/** The operation menu of a resource followed by the parameters of each of its operations. */
export function describeResource({ value: resource, operations }: Resource): INodeProperties[] {
	const menu: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: operations.map(({ name, value, action, description }) => ({
			name,
			value,
			action,
			description,
		})),
		default: 'getAll',
	};
	const parameters = operations.flatMap(({ value: operation, properties }) =>
		properties.map((property) => ({
			...property,
			displayOptions: {
				...property.displayOptions,
				show: { resource: [resource], operation: [operation], ...property.displayOptions?.show },
			},
		})),
	);
	return [menu, ...parameters];
}
