import { toJobId } from '../../src/queue/job-id';
import { parseSenders } from '../../src/lib/senders';
import { createSecret } from '../../src/lib/signature';
import { createToken } from '../../src/tokens/token';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { drainQueue } from '../support/queue-jobs';
import { recordingLog } from '../support/recording-log';
import { call, post, readApplication, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const [greenhouse, lever] = [createSecret(), createSecret()];
const senders = parseSenders(`greenhouse=${greenhouse} lever=${lever}`);
const { log, lines } = recordingLog();
const web = useWeb(stores, queue, () => ({ senders, log }));

let leverToken: string;
beforeAll(async () => {
  const request = {
    name: 'lever',
    scopes: ['applications:write'],
    sender: 'lever',
    expiresAt: null,
  } as const;
  leverToken = (await createToken(stores.database, request)).token;
});

const sendAs = (secret: string, event: unknown) => post({ ...web, secret }, event);

function postWithToken(token: string, event: unknown): Promise<Response> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  return fetch(`${web.url}/webhooks/applications`, { method: 'POST', headers, body: JSON.stringify(event) });
}

it('puts the name of the sender before the ids in the answer', async () => {
  const event = applicationEvent();
  const response = await sendAs(greenhouse, event);
  expect(response.headers.get('Location')).toBe(
    `/applications/${encodeURIComponent(`greenhouse:${event.id}`)}`,
  );
  expect(await response.json()).toMatchObject({
    id: `greenhouse:${event.id}`,
    job_id: `greenhouse:${event.job_id}`,
    candidate_id: `greenhouse:${event.candidate_id}`,
  });
});

it('logs the name of the sender, also of a refused application', async () => {
  await sendAs(greenhouse, { ...applicationEvent(), job_id: '' });
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ status: 422, sender: 'greenhouse' });
  await postWithToken(leverToken, applicationEvent());
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ status: 202, sender: 'lever' });
});

it('keeps the applications of two senders with the same ids apart', async () => {
  const event = applicationEvent();
  expect((await sendAs(greenhouse, event)).status).toBe(202);
  expect(
    (await sendAs(lever, { ...event, candidate: { ...event.candidate, first_name: 'Other' } })).status,
  ).toBe(202);
  await drainQueue(stores, queue);
  for (const name of ['greenhouse', 'lever'])
    expect(await readApplication(web, `${name}:${event.id}`)).toMatchObject({ status: 'ACCEPTED' });
});

it('names ids alike in job, event, conversation and candidate', async () => {
  const event = applicationEvent();
  await sendAs(lever, event);
  expect(await queue.bullmq.getJob(toJobId(`lever:${event.id}`))).toBeDefined();
  await drainQueue(stores, queue);
  const list = await call(web, 'GET', `/conversations?candidate_id=lever:${event.candidate_id}`);
  const ids = { application_id: `lever:${event.id}`, job_id: `lever:${event.job_id}` };
  expect(((await list.json()) as { data: unknown[] }).data).toMatchObject([ids]);
  expect(await stores.database.candidates.findByPk(`lever:${event.candidate_id}`)).not.toBeNull();
  const events = await call(web, 'GET', '/events?limit=100');
  expect(await events.text()).toContain(`"application_id":"lever:${event.id}"`);
});

it('recognizes a redelivery by its sender', async () => {
  const event = applicationEvent();
  await sendAs(lever, event);
  const again = await sendAs(lever, event);
  expect(again.headers.get('Idempotent-Replayed')).toBe('true');
});

it('takes the name from a token too', async () => {
  const event = applicationEvent();
  expect(await (await postWithToken(leverToken, event)).json()).toMatchObject({ id: `lever:${event.id}` });
});

it('refuses an id that is too long with the name', async () => {
  const event = applicationEvent({ id: 'x'.repeat(255) });
  const { errors } = await problemOf(await sendAs(lever, event), 422, 'INVALID');
  expect(errors).toEqual([
    {
      pointer: '/id',
      code: 'TOO_LONG',
      detail: 'must have at most 249 characters, because conv puts "lever:" before it',
    },
  ]);
});

it('replays applications of the same sender only', async () => {
  const event = applicationEvent();
  await sendAs(greenhouse, event);
  const replay = (name: string) =>
    fetch(`${web.url}/applications/${encodeURIComponent(`${name}:${event.id}`)}/replay`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${leverToken}` },
    });
  const { detail } = await problemOf(await replay('greenhouse'), 403, 'FORBIDDEN');
  expect(detail).toBe('the token sends for lever, and the application is not from it');
  await problemOf(await replay('lever'), 404, 'NOT_FOUND');
});

it('refuses a token that names no sender', async () => {
  const token = 'conv_'.padEnd(48, 'x');
  await stores.database.sequelize.query(
    `INSERT INTO api_tokens (id, name, token_hash, scopes)
     VALUES (gen_random_uuid(), 'old', sha256('${token}'), '{applications:write}')`,
  );
  const { detail } = await problemOf(await postWithToken(token, applicationEvent()), 403, 'FORBIDDEN');
  expect(detail).toBe('the token "old" names no sender, but WEBHOOK_SECRETS does: create one with --sender');
});
