// Preloaded into a worker: kills the process whenever it processes the application POISON_ID.
const processing = require('../../../dist/src/applications/process');

const { processApplications, processOne } = processing;

function killIfPoison(applications) {
  if (applications.some(({ event }) => event.id === process.env.POISON_ID))
    process.kill(process.pid, 'SIGKILL');
}

processing.processApplications = (database, applications, ...rest) => {
  killIfPoison(applications);
  return processApplications(database, applications, ...rest);
};

processing.processOne = (database, application, ...rest) => {
  killIfPoison([application]);
  return processOne(database, application, ...rest);
};
