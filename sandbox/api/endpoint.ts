import type { FastifyInstance, FastifyReply } from 'fastify';
import type { z } from 'zod';

import type { Entries } from '../collection';
import { isSameUid } from '../collection';
import type { Context } from '../context';
import type { Resource } from '../resources/resourceRecords';
import { notFound } from './errors';
import { readFields } from './fields';
import type { Call, Route } from './pages';
import { filterOf, pageOf } from './pages';
import type { Scope } from './keys';

interface Entry {
	uid: string;
	/** Whose keys see it; all keys if there is none. */
	account?: string;
}

/** A list of the API, and what can be done with its entries. */
interface Endpoint<T extends Entry, F extends z.ZodTypeAny, C extends z.AnyZodObject> {
	path: string;
	/** What a key must be allowed for reading, and for the rest; nothing if there is none. */
	read?: Scope;
	write?: Scope;
	/** @throws ApiError 404 when the path names something that does not exist */
	entries: (call: Call) => Entries<T>;
	show: (entry: T) => Resource;
	/** How one entry alone is shown, if differently; null if there is no path for that. */
	showOne?: ((entry: T) => Resource) | null;
	/** By parameter: whether an entry belongs to the list. */
	filters?: Readonly<Record<string, (entry: T, value: string) => boolean>>;
	/** Whether the list is sent as a JSON list, without pages. */
	isBare?: () => boolean;
	/** POST: the fields of the body, and what stores a new entry and gives the response. */
	fields?: F;
	create?: (fields: z.output<F>, call: Call, reply: FastifyReply) => Resource | Promise<Resource>;
	/** PATCH: the fields that can be changed, none of them required. */
	changes?: C;
	update?: (entry: T, changes: Partial<z.output<C>>) => void;
	/** DELETE */
	remove?: (entry: T) => void;
}

/** A filter for what is equal to the parameter. */
export function equal<T>(read: (entry: T) => unknown) {
	return (entry: T, value: string) => isSameUid(read(entry), value);
}

export function mountEndpoint<
	T extends Entry,
	F extends z.ZodTypeAny = z.ZodTypeAny,
	C extends z.AnyZodObject = z.AnyZodObject,
>(server: FastifyInstance, context: Context, endpoint: Endpoint<T, F, C>): void {
	const { path, entries, show, showOne = show, filters = {}, isBare } = endpoint;
	const { fields, create, changes, update, remove } = endpoint;
	const reading = { config: { scope: endpoint.read } };
	const writing = { config: { scope: endpoint.write } };
	const isVisible = (entry: T, { account }: Call) => (entry.account ?? account) === account;
	const find = (call: Call): T => {
		const entry = entries(call).get(call.params.uid ?? '');
		if (!entry || !isVisible(entry, call)) throw notFound();
		return entry;
	};

	server.get<Route>(path, reading, async (call) => {
		const given = Object.entries(filters).flatMap(([name, isMatch]) => {
			const value = filterOf(call, name);
			return value === undefined ? [] : [(entry: T) => isMatch(entry, value)];
		});
		const listed = entries(call);
		const matches = (entry: T) => isVisible(entry, call) && given.every((each) => each(entry));
		return isBare?.()
			? listed.list.filter(matches).map(show).reverse()
			: pageOf(call, { entries: listed, show, matches });
	});
	if (showOne) {
		server.get<Route>(`${path}:uid/`, reading, async (call) => showOne(find(call)));
	}
	if (fields && create) {
		server.post<Route>(path, writing, async (call, reply) => {
			const created = await create(readFields(call, fields), call, reply);
			context.changed();
			return await reply.status(201).send(created);
		});
	}
	if (changes) {
		server.patch<Route>(`${path}:uid/`, writing, async (call) => {
			const entry = find(call);
			const given = readFields(call, changes.partial());
			if (update) update(entry, given);
			else Object.assign(entry, given, { updated_at: new Date().toISOString() });
			context.changed();
			return show(entry);
		});
	}
	if (remove) {
		server.delete<Route>(`${path}:uid/`, writing, async (call, reply) => {
			remove(find(call));
			context.changed();
			return await reply.status(204).send();
		});
	}
}
