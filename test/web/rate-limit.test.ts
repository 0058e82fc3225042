import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { parseSenders } from '../../src/lib/senders';
import { createSecret } from '../../src/lib/signature';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { forwardTo, type Proxy } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';
import { signed, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const COUNT = 5;
const HOUR = { count: COUNT, seconds: 3600 };
const secrets = [createSecret(), createSecret(), createSecret()];

let redis: Proxy;
beforeAll(async () => {
  redis = await forwardTo(queue.redisUrl);
});

/** Runs a web application with a rate limit. Applications with the same prefix count together. */
function limited(prefix: string, rateLimit = HOUR) {
  let own: ApplicationQueue;
  const limitedWeb = useWeb(stores, queue, () => {
    const settings = {
      redisUrl: redis.through(queue.redisUrl),
      queuePrefix: `${queue.prefix}-${prefix}`,
    };
    own = openApplicationQueue(settings, silentLog);
    atEnd(() => own.close());
    return { queue: own, rateLimit, senders: parseSenders(secrets.join(' ')) };
  });
  beforeAll(() => eventually(() => own.connection.status === 'ready'));
  return limitedWeb;
}

const one = limited('shared');
const other = limited('shared');
const second = limited('second', { count: 1, seconds: 1 });
const strangers = limited('strangers');
const proxied = limited('proxied');

function send(url: string, headers: (body: string) => Record<string, string>): Promise<Response> {
  const body = JSON.stringify(applicationEvent());
  return fetch(`${url}/webhooks/applications`, { method: 'POST', headers: headers(body), body });
}
const withSecret =
  (secret = '') =>
  (body: string) =>
    signed(secret, body);
const withToken = (token: string) => () => ({
  'Content-Type': 'application/json',
  Authorization: `Bearer ${token}`,
});

/** Both headers, as numbers. */
function limits({ headers }: Response) {
  const [, q, w] = /^"sender";q=(\d+);w=(\d+)$/.exec(headers.get('RateLimit-Policy') ?? '') ?? [];
  const [, r, t] = /^"sender";r=(\d+);t=(\d+)$/.exec(headers.get('RateLimit') ?? '') ?? [];
  return { quota: Number(q), window: Number(w), remaining: Number(r), reset: Number(t) };
}

async function expectRefused(response: Response): Promise<void> {
  const { quota, remaining, reset } = limits(response);
  expect([quota, remaining]).toEqual([COUNT, 0]);
  expect(response.headers.get('Retry-After')).toBe(String(reset));
  expect(reset).toBeGreaterThan(0);
  await problemOf(response, 429, 'RATE_LIMITED');
}

describe('a sender with a limit', () => {
  it('gets its remaining requests, and then Retry-After, from every web process alike', async () => {
    const urls = [one.url, other.url, one.url, other.url, one.url];
    for (const [n, url] of urls.entries()) {
      const answer = await send(url, withSecret(secrets[0]));
      expect(answer.status).toBe(202);
      expect(limits(answer)).toMatchObject({ quota: COUNT, window: 3600, remaining: COUNT - 1 - n });
    }
    await expectRefused(await send(one.url, withSecret(secrets[0])));
    await expectRefused(await send(other.url, withSecret(secrets[0])));
  });

  it('does not use up the limit of another secret or token', async () => {
    const tokens = [
      await tokenFor(stores, 'applications:write'),
      await tokenFor(stores, 'applications:write'),
    ];
    for (const headers of [withSecret(secrets[1]), ...tokens.map(withToken)]) {
      const answer = await send(one.url, headers);
      expect([answer.status, limits(answer).remaining]).toEqual([202, COUNT - 1]);
    }
  });

  it('uses up its limit with refused events too', async () => {
    const headers = (body: string) => signed(secrets[2] ?? '', body);
    for (let n = 0; n < COUNT; n++) {
      const body = '{}';
      const answer = await fetch(`${one.url}/webhooks/applications`, {
        method: 'POST',
        headers: headers(body),
        body,
      });
      expect(answer.status).toBe(422);
    }
    await expectRefused(await send(one.url, headers));
  });

  it('can send again when the period is over', async () => {
    const answers: Response[] = [];
    do answers.push(await send(second.url, withSecret(secrets[0])));
    while (answers.filter(({ status }) => status === 202).length < 3);
    for (const answer of answers.filter(({ status }) => status !== 202))
      expect([answer.status, answer.headers.get('Retry-After')]).toEqual([429, '1']);
    expect(answers.length).toBeGreaterThan(3);
  });
});

it('counts unauthenticated requests by address, and does not limit other senders', async () => {
  const guess = withToken(`conv_${'A'.repeat(43)}`);
  for (let n = 0; n < COUNT; n++) {
    const answer = await send(strangers.url, n % 2 ? guess : withSecret(createSecret()));
    await problemOf(answer, 401, 'NOT_AUTHENTIC');
  }
  await expectRefused(await send(strangers.url, guess));
  expect((await send(strangers.url, withSecret(secrets[0]))).status).toBe(202);
});

it('accepts nothing while Redis is unavailable', async () => {
  redis.cut();
  const answers = [
    await send(proxied.url, withSecret(secrets[0])),
    await send(proxied.url, withSecret('whsec_AAAA')),
  ];
  redis.restore();
  for (const answer of answers) await problemOf(answer, 503, 'QUEUE_UNAVAILABLE');
});

it('sends no rate limit headers if no limit is set', async () => {
  const answer = await send(web.url, withSecret(web.secret));
  expect([answer.status, answer.headers.get('RateLimit'), answer.headers.get('RateLimit-Policy')]).toEqual([
    202,
    null,
    null,
  ]);
});
