const config = require('./jest.config');

/** The tests of these commands run on the stores in `npm test`, and over HTTP here: `onStoresOrHttp` in test/support/remote.ts. */
const OVER_HTTP =
  '**/test/cli/{list,show-move,apps,apps-show,events,events-backlog,replay,replay-input}.test.ts';
process.env.COMMANDS_OVER_HTTP = '1';

/** The tests of `npm run test:slow`: commands over HTTP, killed processes, outages, races, millions of rows, hundreds of random runs. */
/** @type {import('jest').Config} */
module.exports = {
  ...config,
  testMatch: ['**/*.slow.test.ts', OVER_HTTP],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 900_000,
  maxWorkers: 2, // They load the machine themselves; with more, answers within a second become 503.
};
