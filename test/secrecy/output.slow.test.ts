import { once } from 'node:events';
import { join } from 'node:path';
import { SCOPES, type ApplicationEvent } from '../../src/lib/domain';
import { createSecret } from '../../src/lib/signature';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { refuseCandidate } from '../support/database-faults';
import { runConv, startProcess, type RealProcess } from '../support/processes';
import { forwardTo, type Proxy } from '../support/proxy';
import { useQueue } from '../support/queue';
import { post, readApplication, signed, tokenFor, type TestWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();

const PERSON = {
  phone_number: '+442079460018',
  first_name: 'Rosalind-Marked',
  last_name: 'Franklin-Marked',
  email_address: 'marked.person@example.com',
};
const secret = createSecret();
const wrongSecret = createSecret();
let token: string;
let redis: Proxy;
let postgres: Proxy;

/** Parts of personal data and of credentials. */
const secrets = () => [
  ...['2079460018', 'Marked', 'marked.person'],
  ...[secret, wrongSecret, token].map((text) => text.replace(/^(whsec_|conv_)/, '')),
  ...[stores.url, queue.redisUrl].flatMap((url) => new URL(url).password || []),
];

function expectNoSecrets(text: string): void {
  const leaking = text.split('\n').filter((line) => secrets().some((secret) => line.includes(secret)));
  expect(leaking).toEqual([]);
}

beforeAll(async () => {
  token = await tokenFor(stores, ...SCOPES);
  redis = await forwardTo(queue.redisUrl);
  postgres = await forwardTo(stores.url);
});

/** Starts a process at log level trace, with proxies to its stores. */
function start(name: 'web' | 'worker'): Promise<RealProcess> {
  return startProcess(
    name,
    { url: postgres.through(stores.url) },
    { redisUrl: redis.through(queue.redisUrl), prefix: queue.prefix },
    {
      WEBHOOK_SECRETS: secret,
      LOG_LEVEL: 'trace',
      NODE_OPTIONS: `--require ${join(__dirname, 'support/break.js')}`,
    },
  );
}

const marked = (overrides: Partial<ApplicationEvent> = {}) =>
  applicationEvent({ candidate: PERSON, ...overrides });

/** Sends invalid requests that contain personal data. Returns the bodies of the responses. */
async function sendInvalidRequests(web: TestWeb): Promise<string> {
  const body = JSON.stringify(marked());
  const raw = (text: string, headers: Record<string, string>) =>
    fetch(`${web.url}/webhooks/applications`, { method: 'POST', headers, body: text });
  const bearer = { Authorization: `Bearer ${token}x`, 'Content-Type': 'application/json' };
  const answers = [
    await post(web, marked({ candidate: { ...PERSON, email_address: 'marked.person@' } })),
    await post(web, { ...marked(), id: 7, [PERSON.last_name]: 1 }),
    await post(web, marked(), { 'X-Request-Id': PERSON.email_address }),
    await raw(body.slice(0, -2), signed(secret, body.slice(0, -2))),
    await raw(body, signed(wrongSecret, body)),
    await raw(body, bearer),
    await fetch(`${web.url}/conversations?token=${token}&email=${PERSON.email_address}`),
    await fetch(`${web.url}/${PERSON.first_name}/${token}`),
    await fetch(`${web.url}/admin/queues`, { headers: { Authorization: `Basic ${btoa(`me:${token}x`)}` } }),
  ];
  return (await Promise.all(answers.map((answer) => answer.text()))).join('\n');
}

const waitForStatus = async (web: TestWeb, { id }: ApplicationEvent, status: string) =>
  eventually(async () => (await readApplication(web, id)).status === status, 60_000);

it('web and worker never log or answer personal data or secrets when requests and stores fail', async () => {
  const [webProcess, worker] = await Promise.all([start('web'), start('worker')]);
  const web = { url: webProcess.url ?? '', secret, token };
  const answers = await sendInvalidRequests(web);

  const [good, bad, unlucky, late] = [marked(), marked(), marked(), marked()];
  await post(web, good);
  await waitForStatus(web, good, 'ACCEPTED');
  const removeFault = await refuseCandidate(stores.database.sequelize, bad.candidate_id, {
    sqlState: '23514',
  });
  await post(web, bad);
  await waitForStatus(web, bad, 'FAILED');
  await removeFault();
  const removeSecondFault = await refuseCandidate(stores.database.sequelize, unlucky.candidate_id, {
    sqlState: '40001',
    times: 2,
  });
  await post(web, unlucky);
  await waitForStatus(web, unlucky, 'ACCEPTED');
  await removeSecondFault();

  postgres.cut();
  await post(web, late);
  const reads = await fetch(`${web.url}/conversations`, { headers: { Authorization: `Bearer ${token}` } });
  expect(reads.status).toBe(503);
  redis.cut();
  expect((await post(web, marked())).status).toBe(503);
  redis.restore();
  postgres.restore();
  await waitForStatus(web, late, 'ACCEPTED');

  const failed = await readApplication(web, bad.id);
  expectNoSecrets(answers + (await reads.text()) + (failed.reason ?? ''));
  expect(await Promise.all([webProcess.stop(), worker.stop()])).toEqual([0, 0]);
  expect(webProcess.output()).toContain('"request"');
  expectNoSecrets(webProcess.output());
  expectNoSecrets(worker.output());
});

describe.each(['web', 'worker'] as const)('%s, ended by an uncaught error', (name) => {
  it.each(['rejection', 'exception'])('logs the stack without the message: %s', async (how) => {
    const broken = await start(name);
    const exit = once(broken.child, 'exit') as Promise<[number]>;
    broken.child.send({ breakWith: JSON.stringify(PERSON), how });
    expect((await exit)[0]).toBe(1);
    expect(broken.output()).toMatch(/"fatal".*break\.js/);
    expectNoSecrets(broken.output());
  });
});

it.each([
  ['DATABASE_URL', 'mysql://me:Marked@db/conv'],
  ['REDIS_URL', 'http://me:Marked@cache'],
  ['WEBHOOK_SECRETS', 'whsec_Marked'],
  ['EVENTS_URL', 'ftp://me:Marked@receiver'],
])('does not repeat the value of an invalid %s', async (variable, value) => {
  const started = startProcess('web', stores, queue, { [variable]: value });
  const complaint = await started.then(
    () => 'it started',
    (error: unknown) => (error as Error).message,
  );
  expect(complaint).toContain(variable);
  expect(complaint).not.toContain('Marked');
});

it('conv does not repeat the password of an unreachable store', async () => {
  const { stderr, code } = await runConv(['list'], {
    DATABASE_URL: 'postgres://me:Marked@127.0.0.1:1/conv',
    REDIS_URL: queue.redisUrl,
  });
  expect(code).toBe(3);
  expect(stderr).not.toContain('Marked');
});
