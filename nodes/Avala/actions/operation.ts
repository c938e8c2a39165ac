import type {
	IDataObject,
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';

/** Work that items of one execution share when they ask for the same. */
export class Shared<T> {
	private readonly known = new Map<string, Promise<T>>();

	/** What was made for this key before, or what `make` gives. */
	async get(key: string, make: () => Promise<T>): Promise<T> {
		const made = this.known.get(key) ?? make();
		this.known.set(key, made);
		return await made;
	}
}

/** One input item of one execution. */
export interface ItemRun {
	context: IExecuteFunctions;
	itemIndex: number;
	/** The results of page walks, by what was asked for. */
	walks: Shared<IDataObject[]>;
	/** The ids of webhooks, by their target URL. */
	webhookIds: Shared<string>;
}

/** One operation: how the editor offers it, its parameters, and what it does for one item. */
export interface Operation {
	option: INodePropertyOptions & { value: string };
	properties: INodeProperties[];
	execute(run: ItemRun): Promise<IDataObject[]>;
}

/** The operation menu of a resource followed by the parameters of each of its operations. */
export function describeResource(resource: string, operations: Operation[]): INodeProperties[] {
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
