// One line an operation, in the order in which the editor offers them.
export { get } from './get.operation';
export { getHealth } from './getHealth.operation';
export { getAll } from './getAll.operation';
export { getMissedEvents } from './getMissedEvents.operation';
