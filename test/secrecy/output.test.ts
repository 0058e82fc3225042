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

/** Whatever would tell of a person, or let somebody in. */
const marks = () => [
  ...['2079460018', 'Marked', 'marked.person'],
  ...[secret, wrongSecret, token].map((text) => text.replace(/^(whsec_|conv_)/, '')),
  ...[stores.url, queue.redisUrl].flatMap((url) => new URL(url).password || []),
];

function expectSilence(text: string): void {
  const telling = text.split('\n').filter((line) => marks().some((mark) => line.includes(mark)));
  expect(telling).toEqual([]);
}

beforeAll(async () => {
  token = await tokenFor(stores, ...SCOPES);
  redis = await forwardTo(queue.redisUrl);
  postgres = await forwardTo(stores.url);
});

/** A process at its most talkative, whose stores can be taken from it. */
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

/** Everything that a sender can do wrong, with a person in it each time. */
async function sendWrongly(web: TestWeb): Promise<string> {
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

const decided = async (web: TestWeb, { id }: ApplicationEvent, status: string) =>
  eventually(async () => (await readApplication(web, id)).status === status, 60_000);

it('web and worker tell neither a person nor a secret, whatever goes wrong', async () => {
  const [webProcess, worker] = await Promise.all([start('web'), start('worker')]);
  const web = { url: webProcess.url ?? '', secret, token };
  const answers = await sendWrongly(web);

  const [good, bad, unlucky, late] = [marked(), marked(), marked(), marked()];
  await post(web, good);
  await decided(web, good, 'ACCEPTED');
  const heal = await refuseCandidate(stores.database.sequelize, bad.candidate_id, { sqlState: '23514' });
  await post(web, bad);
  await decided(web, bad, 'FAILED');
  await heal();
  const healAgain = await refuseCandidate(stores.database.sequelize, unlucky.candidate_id, {
    sqlState: '40001',
    times: 2,
  });
  await post(web, unlucky);
  await decided(web, unlucky, 'ACCEPTED');
  await healAgain();

  postgres.cut();
  await post(web, late);
  const reads = await fetch(`${web.url}/conversations`, { headers: { Authorization: `Bearer ${token}` } });
  expect([503, 401]).toContain(reads.status);
  redis.cut();
  expect((await post(web, marked())).status).toBe(503);
  redis.restore();
  postgres.restore();
  await decided(web, late, 'ACCEPTED');

  const failed = await readApplication(web, bad.id);
  expectSilence(answers + (await reads.text()) + (failed.reason ?? ''));
  expect(await Promise.all([webProcess.stop(), worker.stop()])).toEqual([0, 0]);
  expect(webProcess.output()).toContain('"request"');
  expectSilence(webProcess.output());
  expectSilence(worker.output());
});

describe.each(['web', 'worker'] as const)('%s, ended by what nobody caught', (name) => {
  it.each(['rejection', 'exception'])('tells where and not what: %s', async (how) => {
    const broken = await start(name);
    const exit = once(broken.child, 'exit') as Promise<[number]>;
    broken.child.send({ breakWith: JSON.stringify(PERSON), how });
    expect((await exit)[0]).toBe(1);
    expect(broken.output()).toMatch(/"fatal".*break\.js/);
    expectSilence(broken.output());
  });
});

it.each([
  ['DATABASE_URL', 'mysql://me:Marked@db/conv'],
  ['REDIS_URL', 'http://me:Marked@cache'],
  ['WEBHOOK_SECRETS', 'whsec_Marked'],
  ['EVENTS_URL', 'ftp://me:Marked@receiver'],
])('a start with a wrong %s does not repeat it', async (variable, value) => {
  const started = startProcess('web', stores, queue, { [variable]: value });
  const complaint = await started.then(
    () => 'it started',
    (error: unknown) => (error as Error).message,
  );
  expect(complaint).toContain(variable);
  expect(complaint).not.toContain('Marked');
});

it('conv does not repeat a password in the address of a store that is away', async () => {
  const { stderr, code } = await runConv(['list'], {
    DATABASE_URL: 'postgres://me:Marked@127.0.0.1:1/conv',
    REDIS_URL: queue.redisUrl,
  });
  expect(code).toBe(3);
  expect(stderr).not.toContain('Marked');
});
