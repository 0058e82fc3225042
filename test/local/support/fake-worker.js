// Stands in for bin/worker.ts. WORKER_ERROR makes it end before it is ready.
const { setInterval } = require('node:timers');

if (process.env.WORKER_ERROR) {
  console.error(process.env.WORKER_ERROR);
  process.exit(3);
}
// Keeps the process running.
setInterval(() => undefined, 60_000);
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
process.send({ ready: true });
