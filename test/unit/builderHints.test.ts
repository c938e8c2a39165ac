import type { INodeProperties } from 'n8n-workflow';

import { Avala } from '../../nodes/Avala/Avala.node';
import { AvalaMissedEventsTrigger } from '../../nodes/Avala/AvalaMissedEventsTrigger.node';
import { AvalaTrigger } from '../../nodes/Avala/AvalaTrigger.node';
import { isKnownEventType } from '../../nodes/Avala/shared/eventCatalogue';
import { readMoment } from '../../nodes/Avala/shared/moments';

interface Parameter extends INodeProperties {
	/** The collection that it is in. */
	within?: string;
}

/** Every parameter of the nodes, those in collections included. */
const ALL: Parameter[] = [new Avala(), new AvalaTrigger(), new AvalaMissedEventsTrigger()].flatMap(
	({ description }) =>
		description.properties.flatMap((property): Parameter[] => [
			property,
			...(property.type === 'collection'
				? ((property.options ?? []) as INodeProperties[]).map((field) => ({
						...field,
						within: property.name,
					}))
				: []),
		]),
);

/** What a model cannot know from the type: the form of an ID, a date, a list, or a required text. */
const needsHint = ({ type, typeOptions, required }: Parameter) =>
	['resourceLocator', 'dateTime', 'multiOptions'].includes(type) ||
	typeOptions?.multipleValues === true ||
	(type === 'string' && required === true);

const hintOf = ({ builderHint }: Parameter) => builderHint?.propertyHint ?? '';
/** Each hint of each parameter once: many operations share them. */
const HINTED = [
	...new Map(
		ALL.filter((parameter) => hintOf(parameter) !== '').map((parameter) => {
			const { name } = parameter;
			return [`${name} ${hintOf(parameter)}`, [name, hintOf(parameter), parameter] as const];
		}),
	).values(),
];

describe('the hints for models that build workflows', () => {
	it('are on every parameter whose form its type does not tell', () => {
		const lacking = ALL.filter((parameter) => needsHint(parameter) && hintOf(parameter) === '');
		expect(lacking.map(({ name, within }) => [within, name])).toEqual([]);
	});

	it.each(HINTED)('are short, and say more than people are told: %s: %s', (_, hint, parameter) => {
		expect(hint.length).toBeLessThanOrEqual(200);
		expect(hint).not.toBe(parameter.description);
	});

	it.each(HINTED)('show event types, times and parameters that there are: %s: %s', (_, hint) => {
		const types = [...hint.matchAll(/'([a-z]+\.[a-z]+)'/g)].map(([, type = '']) => type);
		expect(types.filter((type) => !isKnownEventType(type))).toEqual([]);
		for (const [time] of hint.matchAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g)) {
			expect(readMoment('x', time, 'UTC')).toBe(Date.parse(time));
		}
		const named = [...hint.matchAll(/\b[a-z]+[A-Z][A-Za-z]*\b/g)].map(([name]) => name);
		const known = ALL.flatMap(({ name, options = [] }) => [
			name,
			...options.map((option) => ('value' in option ? String(option.value) : option.name)),
		]);
		expect(named.filter((name) => !known.includes(name))).toEqual([]);
	});

	it('show the form of a date, a list and an ID by an example', () => {
		for (const [name, hint, { type, typeOptions }] of HINTED) {
			if (type === 'dateTime')
				expect({ name, hint: /\dT\d/.test(hint) }).toEqual({ name, hint: true });
			if (type === 'resourceLocator') expect(hint).toContain('(mode id)');
			if (typeOptions?.multipleValues) expect(hint).toMatch(/\['/);
		}
	});
});
