// Stands in for bin/web.ts: answers /readyz with its settings, and treats its parent process in the same way.
const { createServer } = require('node:http');

const server = createServer((request, response) => {
  const { DATABASE_URL, REDIS_URL, WEBHOOK_SECRETS } = process.env;
  response.writeHead(request.url === '/readyz' ? 200 : 404);
  response.end(JSON.stringify({ DATABASE_URL, REDIS_URL, WEBHOOK_SECRETS, nodeFlags: process.execArgv }));
});
server.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
server.listen(Number(process.env.PORT), process.env.HOST, () => {
  process.send({ ready: true, url: `http://127.0.0.1:${server.address().port}` });
});
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
