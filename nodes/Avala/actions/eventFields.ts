import type { INodeProperties } from 'n8n-workflow';

import { ALL_EVENTS, EVENT_CATALOGUE } from '../shared/eventCatalogue';
import { propertyOf } from './fields';

/** How the event types of a webhook are selected, in the trigger and in the webhook operations alike. */
export const webhookEvents = propertyOf('Event Types', 'multiOptions', {
	default: [],
	description: 'What Avala sends to the webhook',
	hint: "The exact values of this list, such as ['task.completed'], or ['*'] alone for every type. A type that is not in the list goes into customEvents.",
	options: [
		{
			name: 'All Event Types',
			value: ALL_EVENTS,
			description: 'All types below that your Avala server supports; select no others',
		},
		...EVENT_CATALOGUE,
	],
});

/** n8n has no list in which one choice excludes the others, so this says what they do beside it. */
export const allEventsNotice: INodeProperties = {
	displayName:
		"'All Event Types' includes the others. A type that is selected as well must be one that your Avala server knows.",
	name: 'allEventsNotice',
	type: 'notice',
	// n8n shows a parameter if any selected value is among these; by its path from the root it can be asked for twice.
	displayOptions: {
		show: { events: [ALL_EVENTS], '/events': EVENT_CATALOGUE.map(({ value }) => value) },
	},
	default: '',
};

export const customEvents = propertyOf('Custom Event Types', 'string', {
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add event type' },
	// With a list as its default, n8n adds the field with an empty list as its only entry.
	default: '',
	placeholder: 'e.g. task.submitted',
	description:
		'Event types that are not in the list, spelled as Avala spells them. Avala refuses types that it does not know.',
	hint: "Leave it out unless a type is missing from the list of event types; then a list, such as ['task.submitted'].",
});

/**
 * The parameter `events`, which has to be filled in unless custom event types were added.
 *
 * @param shown how the editor shows it
 * @param collection where custom event types are added
 * @param custom the description beside them
 */
export function eventsProperties(
	shown: Omit<INodeProperties, 'name'>,
	collection: string,
	custom: string,
): INodeProperties[] {
	const isAdded = { [`/${collection}.customEvents`]: [{ _cnd: { exists: true as const } }] };
	const description = `Optional when there are 'Custom Event Types'. ${custom}`;
	const events = { ...shown, name: 'events' };
	return [
		{ ...events, required: true, displayOptions: { hide: isAdded } },
		{ ...events, description, displayOptions: { show: isAdded } },
	];
}
