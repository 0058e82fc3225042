const config = require('./jest.config');

/** The tests of `npm run test:slow`: killed processes, outages, races, millions of rows, hundreds of random runs. */
/** @type {import('jest').Config} */
module.exports = {
  ...config,
  testMatch: ['**/*.slow.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 900_000,
  maxWorkers: 2, // They load the machine themselves; with more, answers within a second become 503.
};
