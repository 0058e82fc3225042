// A process that pushes events and nothing else, from the build, with short times: to be killed.
const { createLog } = require('../../../dist/src/log');
const { connectDatabase } = require('../../../dist/src/models/connect');
const { parseSecrets } = require('../../../dist/src/signature');
const { startPushing } = require('../../../dist/src/worker/pushing');

const { url, secret, patience, ...settings } = JSON.parse(process.env.PUSH_SETTINGS);
const receiver = { url, key: parseSecrets(secret)[0] };
const database = connectDatabase(settings.databaseUrl);
startPushing({ ...settings, receiver }, database, createLog('push', 'silent'), patience);
process.on('disconnect', () => process.exit());
process.send('started');
