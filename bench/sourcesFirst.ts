/**
 * Imported before the nodes: `./Avala.node` is their source then, and not `Avala.node.json` beside
 * it, which Node would otherwise try first.
 */
const json = require.extensions['.json'];
delete require.extensions['.json'];
require.extensions['.json'] = json;
