// Runs a stack with the fake web and worker on the home in its argument, prints dev.json in one line, and stops as
// `conv dev` does.
const { startStack } = require('../../../dist/src/local/stack.js');
const { parentExit } = require('../../../dist/src/local/processes.js');
const { stopRequested } = require('../../../dist/src/lib/shutdown.js');

async function main() {
  const stop = Promise.race([stopRequested(), parentExit()]);
  const stack = await startStack({
    home: process.argv[2],
    port: Number(process.env.PORT ?? 0),
    host: '127.0.0.1',
    env: process.env,
    report: (part, event) => console.error(`${part}: ${event}`),
    prepare: () => Promise.resolve({ token: 'a-token', webhookSecret: 'whsec_c2VjcmV0' }),
    webScript: require.resolve('./fake-web.js'),
    workerScript: require.resolve('./fake-worker.js'),
    nodeFlags: ['--no-allocation-site-pretenuring'],
    shutdownMs: 5_000,
  });
  console.log(JSON.stringify(stack.dev));
  await stop;
  await stack.stop();
}

// Signal handlers and the parent's timer would keep it running after an error.
main().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
