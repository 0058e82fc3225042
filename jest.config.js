/** The tests of `npm test`: everything but `*.slow.test.ts`, which jest.slow.config.js runs. */
/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '\\.slow\\.test\\.ts$'],
  transform: { '^.+\\.tsx?$': ['ts-jest', { tsconfig: 'tsconfig.check.json' }] },
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  maxWorkers: 3, // Tests often wait for processes and stores, so three keep two cores busy.
  // Ends tests that hang. Tests start real processes and stores, so this says nothing about their speed.
  testTimeout: 240_000,
};
