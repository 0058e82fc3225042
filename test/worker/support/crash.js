// Preloaded into a worker: kills the process whenever it processes the application POISON_ID.
const processing = require('../../../dist/src/applications/process');

const processApplications = processing.processApplications;

processing.processApplications = (database, applications, ...rest) => {
  if (applications.some(({ event }) => event.id === process.env.POISON_ID))
    process.kill(process.pid, 'SIGKILL');
  return processApplications(database, applications, ...rest);
};
