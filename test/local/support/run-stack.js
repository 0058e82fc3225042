// Runs a stack with the fake web and worker on the home that it is given, tells its dev file in one line of JSON,
// and stops when asked to, as `conv dev` does.
require('../../support/typescript.js');
const { startStack } = require('../../../src/local/stack.ts');
const { parentGone } = require('../../../src/local/parent.ts');

async function main() {
  const signals = ['SIGINT', 'SIGTERM'].map((name) => new Promise((resolve) => process.once(name, resolve)));
  const stack = await startStack({
    home: process.argv[2],
    port: Number(process.env.PORT ?? 0),
    host: '127.0.0.1',
    env: process.env,
    report: (part, detail, ms) => console.error(`${part}: ${detail} (${ms} ms)`),
    prepare: () => Promise.resolve({ token: 'a-token', webhookSecret: 'whsec_c2VjcmV0' }),
    webScript: require.resolve('./fake-web.js'),
    workerScript: require.resolve('./fake-worker.js'),
  });
  console.log(JSON.stringify(stack.dev));
  await Promise.race([...signals, parentGone()]);
  await stack.stop();
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
