const config = require('./jest.config');

/** The tests of `npm run test:slow`: millions of rows, hundreds of random runs, long races. */
/** @type {import('jest').Config} */
module.exports = {
  ...config,
  testMatch: ['**/*.slow.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 900_000,
};
