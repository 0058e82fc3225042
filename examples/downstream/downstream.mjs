// A messaging process: follows conv's events, writes one SMS to each candidate, and completes the conversation.
//   CONV_URL=http://127.0.0.1:3000 CONV_TOKEN=conv_… SMS_URL=http://127.0.0.1:3001 node examples/downstream/downstream.mjs [FOLDER]
// The token needs the scopes conversations:read, conversations:write and candidates:read. FOLDER holds the cursor.
// It can be killed at any point. It may then repeat what it did for one event: the gateway sends no message twice under the same
// idempotency key, and a conversation that has a status already stays as it is.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createClient, followEvents, retryCall, unwrap } from 'conv/client';

const { CONV_URL = 'http://127.0.0.1:3000', CONV_TOKEN, SMS_URL = 'http://127.0.0.1:3001' } = process.env;
const folder = process.argv[2] ?? 'downstream-state';
const cursorFile = `${folder}/cursor`;
const client = createClient({ url: CONV_URL, token: CONV_TOKEN });

const onRetry = (error, pauseMs) => console.error(`${error.message}; next attempt in ${pauseMs} ms`);
const callConv = (call) => retryCall(() => unwrap(call()), { onRetry });

const isTemporary = (status) => status >= 500 || status === 429 || status === 408;

async function postSms(key, to, text) {
  const response = await fetch(`${SMS_URL}/messages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify({ to, text }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = `SMS gateway: ${response.status} ${await response.text()}`;
  if (isTemporary(response.status)) throw new Error(answer);
  return { ok: response.ok, answer };
}

async function sendSms(key, to, text) {
  const { ok, answer } = await retryCall(() => postSms(key, to, text), { onRetry });
  if (!ok) throw new Error(answer);
}

async function greet({ id }) {
  const path = { id };
  const params = { path, query: { include: ['candidate'] } };
  const { candidate, status } = await callConv(() => client.GET('/conversations/{id}', { params }));
  if (status === 'COMPLETED') return; // Killed before the cursor was saved.
  if (!candidate) return console.log(`conversation ${id}: the candidate was erased, skipped`);
  const text = `Hello ${candidate.first_name}, thank you for your application!`;
  await sendSms(id, candidate.phone_number, text);
  for (const status of ['ONGOING', 'COMPLETED'])
    await callConv(() => client.PATCH('/conversations/{id}', { params: { path }, body: { status } }));
  console.log(`conversation ${id}: greeted and completed`);
}

async function saveCursor(cursor) {
  await writeFile(`${cursorFile}.new`, cursor);
  await rename(`${cursorFile}.new`, cursorFile); // completely or not at all
}

await mkdir(folder, { recursive: true });
const after = existsSync(cursorFile) ? await readFile(cursorFile, 'utf8') : null;
const types = ['conversation.created'];
for await (const { data } of followEvents(client, { after, types, saveCursor, onRetry })) await greet(data);
