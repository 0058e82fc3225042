// A messaging process: follows conv's events, writes to each candidate once, and completes the conversation.
//   CONV_URL=http://127.0.0.1:3000 CONV_TOKEN=conv_… node examples/downstream/downstream.mjs [FOLDER]
// It can be killed at any point. It may then repeat what it did since it last saved its cursor, which changes nothing.
// FOLDER holds the cursor and one file per message, named after its event: if the file exists, the message was sent.
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const { CONV_URL = 'http://127.0.0.1:3000', CONV_TOKEN } = process.env;
const folder = process.argv[2] ?? 'downstream-state';
const headers = { Authorization: `Bearer ${CONV_TOKEN}`, 'Content-Type': 'application/json' };

async function call(method, path, body) {
  const signal = AbortSignal.timeout(60_000);
  const response = await fetch(CONV_URL + path, { method, headers, signal, body: JSON.stringify(body) });
  if (response.ok || response.status === 409) return response.json(); // 409: the conversation already has a later status
  throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

async function save(name, text) {
  await writeFile(`${folder}/new`, text);
  await rename(`${folder}/new`, `${folder}/${name}`); // completely or not at all
}

async function handle({ id, data }) {
  const text = `Hello ${data.candidate_id}, about ${data.job_id} (${data.id})`;
  if (!existsSync(`${folder}/message-${id}`)) {
    await save(`message-${id}`, text); // replace by a call of your SMS gateway, with the event's id as idempotency key
    console.log(text);
  }
  for (const status of ['ONGOING', 'COMPLETED']) await call('PATCH', `/conversations/${data.id}`, { status });
}

await mkdir(folder, { recursive: true });
let cursor = existsSync(`${folder}/cursor`) ? await readFile(`${folder}/cursor`, 'utf8') : '';
for (;;) {
  try {
    const after = cursor && `&after=${cursor}`;
    const page = await call('GET', `/events?type=conversation.created&wait=20${after}`);
    for (const event of page.data) await handle(event);
    if (page.next_cursor && page.next_cursor !== cursor) await save('cursor', (cursor = page.next_cursor));
  } catch (error) {
    console.error(`${error.message}; retrying in a second`);
    await pause(1000);
  }
}
