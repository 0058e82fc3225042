// A process from the build that only pushes events; tests kill it.
const { createLogger } = require('../../../dist/src/lib/log');
const { createMetrics } = require('../../../dist/src/metrics/metrics');
const { connectDatabase } = require('../../../dist/src/models/connect');
const { openPushQueue } = require('../../../dist/src/queue/push');
const { parseSecrets } = require('../../../dist/src/lib/signature');
const { startPushing } = require('../../../dist/src/worker/start-pushing');

const { url, secret, retryPolicy, ...settings } = JSON.parse(process.env.PUSH_SETTINGS);
const receiver = { url, key: parseSecrets(secret)[0] };
const database = connectDatabase(settings.databaseDirectUrl);
const log = createLogger('push', 'silent');
const queue = openPushQueue(settings, log);
const deps = { database, queue, metrics: createMetrics('worker'), log };
startPushing({ ...settings, receiver }, deps, retryPolicy);
process.on('disconnect', () => process.exit());
process.send('started');
