import { readEventTypes } from '../../shared/eventCatalogue';
import { customEvents, webhookEvents } from '../eventFields';
import type { Field } from '../fields';
import { optional } from '../fields';
import type { ItemRun } from '../operation';

/** The event types of a webhook, and further ones beside them; a field that was added and left empty adds nothing. */
export const EVENT_FIELDS = {
	customEvents: eventsField('Custom Event Types', customEvents),
	events: eventsField('Event Types', webhookEvents),
};

function eventsField(label: string, property: Field['property']): Field<string[]> {
	return optional({ property, read: (value) => readEventTypes(label, value) });
}

/** Servers know different event types, so `*` stands for those that this one accepts. */
export function hintAtRefused(run: ItemRun, refused: readonly string[]): void {
	if (refused.length === 0) return;
	run.hint(
		`This Avala server does not know the event types ${refused.join(', ')}, so the webhook was created or updated without them.`,
	);
}
