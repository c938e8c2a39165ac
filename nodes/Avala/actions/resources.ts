import { delivery } from './delivery';
import type { Resource } from './operation';
import { webhook } from './webhook';

/** Everything that the Avala node offers, in the order of its menu. */
export const RESOURCES: readonly Resource[] = [delivery, webhook];
