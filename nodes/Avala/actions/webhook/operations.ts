// One line an operation, in the order in which the editor offers them.
export { create } from './create.operation';
export { deleteWebhook } from './delete.operation';
export { get } from './get.operation';
export { getAll } from './getAll.operation';
export { test } from './test.operation';
export { update } from './update.operation';
