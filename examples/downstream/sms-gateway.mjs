// A fake SMS gateway: prints each message instead of sending it. PORT=3001 node examples/downstream/sms-gateway.mjs
//   POST /messages {"to": "+14155552671", "text": "Hello"} with the header Idempotency-Key
//   GET  /messages lists what was sent
// A key that it has seen sends nothing and gets the first answer, as with real gateways. It forgets everything when it ends.
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

const messages = new Map();

function answer(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

async function send(request, response) {
  const key = request.headers['idempotency-key'];
  const { to, text } = await json(request);
  if (!key || !to || !text)
    return answer(response, 422, { error: 'expected Idempotency-Key, "to" and "text"' });
  if (!messages.has(key)) {
    messages.set(key, { id: key, to, text });
    console.log(`SMS to ${to}: ${text}`);
  }
  return answer(response, 200, messages.get(key));
}

const server = createServer((request, response) => {
  const route = `${request.method} ${request.url}`;
  if (route === 'GET /messages') answer(response, 200, [...messages.values()]);
  else if (route !== 'POST /messages') answer(response, 404, { error: 'expected /messages' });
  else send(request, response).catch((error) => answer(response, 400, { error: error.message }));
});
server.listen(Number(process.env.PORT ?? 3001), '127.0.0.1', () =>
  console.log(`SMS gateway: http://127.0.0.1:${server.address().port}`),
);
