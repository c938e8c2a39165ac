import type {
	IDataObject,
	IExecuteFunctions,
	ILoadOptionsFunctions,
	INodeExecutionData,
	INodeListSearchResult,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

import type { Connection } from '../transport/connection';

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

/** One operation: how the editor offers it, its parameters, and what it does for one item. */
export interface Operation {
	option: INodePropertyOptions & { value: string };
	properties: INodeProperties[];
	/** The router pairs what comes out with the input item. */
	execute(run: ItemRun): Promise<INodeExecutionData[]>;
}

export type ListSearch = (
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

/** One resource: a folder beside this file, and a line in `resources.ts`. */
export interface Resource {
	option: INodePropertyOptions & { value: string };
	/** In the order in which the editor offers them. */
	operations: Operation[];
	/** The searches behind its locators, by the names that they have in the description. */
	listSearch?: Record<string, ListSearch>;
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
export function describeResource({
	option: { value: resource },
	operations,
}: Resource): INodeProperties[] {
	const menu: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [resource] } },
		options: operations.map(({ option }) => option),
		default: 'getAll',
	};
	const parameters = operations.flatMap(({ option, properties }) =>
		properties.map((property) => ({
			...property,
			displayOptions: {
				...property.displayOptions,
				show: { resource: [resource], operation: [option.value], ...property.displayOptions?.show },
			},
		})),
	);
	return [menu, ...parameters];
}
