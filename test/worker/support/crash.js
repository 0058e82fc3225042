// Preloaded into a worker: deciding an application whose id holds KILLER ends the process on the spot, each time.
const { Client } = require('pg');

const query = Client.prototype.query;

Client.prototype.query = function (config, ...rest) {
  const decides = typeof config?.text === 'string' && config.text.includes('decide_applications');
  if (decides && JSON.stringify(config.values).includes(process.env.KILLER))
    process.kill(process.pid, 'SIGKILL');
  return query.call(this, config, ...rest);
};
