// Stands for bin/worker.ts. WORKER_FAULT makes it end before it is ready.
const { setInterval } = require('node:timers');

if (process.env.WORKER_FAULT) {
  console.error(process.env.WORKER_FAULT);
  process.exit(3);
}
// An open timer keeps the process alive.
setInterval(() => undefined, 60_000);
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
process.send({ ready: true });
