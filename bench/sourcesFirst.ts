/**
 * Imported before the nodes: `./Avala.node` is their source then, and not `Avala.node.json` beside
 * it, which Node would otherwise try first.
 */
const byExtension: NodeJS.Dict<unknown> = require.extensions;
const json = byExtension['.json'];
delete byExtension['.json'];
byExtension['.json'] = json;
