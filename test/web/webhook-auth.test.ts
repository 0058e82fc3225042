import type { Scope } from '../../src/lib/domain';
import { createSecret, parseSecrets } from '../../src/lib/signature';
import { createToken, revokeToken } from '../../src/tokens/token';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { post, signed, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const [older, newer] = [createSecret(), createSecret()];
const rotating = useWeb(stores, queue, () => ({ webhookSecrets: parseSecrets(`${older} ${newer}`) }));

const BODY = JSON.stringify(applicationEvent());

function deliver(headers: Record<string, string>, body = BODY, url = web.url): Promise<Response> {
  return fetch(`${url}/webhooks/applications`, { method: 'POST', headers, body });
}

const bearer = (token: string) => ({ 'Content-Type': 'application/json', Authorization: `Bearer ${token}` });

async function expectNotAuthentic(response: Response): Promise<string> {
  expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
  return (await problemOf(response, 401, 'NOT_AUTHENTIC')).detail;
}

describe('a signature', () => {
  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('lacks %s', async (name) => {
    const headers = Object.fromEntries(
      Object.entries(signed(web.secret, BODY)).filter(([key]) => key !== name),
    );
    expect(await expectNotAuthentic(await deliver(headers))).toContain(name);
  });

  it('is missing altogether', async () => {
    await expectNotAuthentic(await deliver({ 'Content-Type': 'application/json' }));
  });

  it.each([-301, 301])('is %i seconds from now', async (seconds) => {
    const at = new Date(Date.now() + seconds * 1000 + Math.sign(seconds) * 5000);
    expect(await expectNotAuthentic(await deliver(signed(web.secret, BODY, at)))).toContain('300 seconds');
  });

  it('is within five minutes', async () => {
    const body = JSON.stringify(applicationEvent());
    for (const seconds of [-280, 280])
      expect(
        (await deliver(signed(web.secret, body, new Date(Date.now() + seconds * 1000)), body)).status,
      ).toBe(202);
  });

  it('is of another secret', async () => {
    await expectNotAuthentic(await deliver(signed(createSecret(), BODY)));
  });

  it('is of another body', async () => {
    await expectNotAuthentic(await deliver(signed(web.secret, `${BODY} `)));
  });

  it('is of a version that nobody knows', async () => {
    const headers = signed(web.secret, BODY);
    const value = headers['webhook-signature'] ?? '';
    await expectNotAuthentic(
      await deliver({ ...headers, 'webhook-signature': value.replace('v1,', 'v1a,') }),
    );
  });

  it('stands among others', async () => {
    const body = JSON.stringify(applicationEvent());
    const headers = signed(web.secret, body);
    const value = `v1,AAAA v1a,BBBB ${headers['webhook-signature'] ?? ''}`;
    expect((await deliver({ ...headers, 'webhook-signature': value }, body)).status).toBe(202);
  });

  it.each([
    ['older', older],
    ['newer', newer],
  ])('is of the %s of two secrets, while they are rotated', async (_, secret) => {
    const body = JSON.stringify(applicationEvent());
    expect((await deliver(signed(secret, body), body, rotating.url)).status).toBe(202);
  });
});

it('does not say what is wrong with a body before it knows who sent it', async () => {
  await expectNotAuthentic(await deliver({ 'Content-Type': 'application/json' }, '{"id":1}'));
});

describe('a token', () => {
  it('of scope applications:write stands for a signature', async () => {
    const body = JSON.stringify(applicationEvent());
    expect((await deliver(bearer(await tokenFor(stores, 'applications:write')), body)).status).toBe(202);
  });

  it.each(['conversations:read', 'conversations:write', 'queues:admin', 'metrics:read'] satisfies Scope[])(
    'of scope %s is not enough',
    async (scope) => {
      const { detail } = await problemOf(
        await deliver(bearer(await tokenFor(stores, scope))),
        403,
        'FORBIDDEN',
      );
      expect(detail).toContain('applications:write');
    },
  );

  it.each([
    ['unknown', `Bearer conv_${'A'.repeat(43)}`],
    ['no token of ours', 'Bearer hunter2'],
    ['empty', 'Bearer '],
    ['of another scheme', 'Basic aGk6aGk='],
    ['without a scheme', 'hunter2'],
    ['two', 'Bearer a b'],
  ])('that is %s is 401', async (_, value) => {
    await expectNotAuthentic(await deliver({ 'Content-Type': 'application/json', Authorization: value }));
  });

  it('that is wrong is not mended by a good signature', async () => {
    const body = JSON.stringify(applicationEvent());
    await expectNotAuthentic(
      await deliver({ ...signed(web.secret, body), Authorization: 'Bearer hunter2' }, body),
    );
  });

  it('that has expired is 401', async () => {
    const expiresAt = new Date(Date.now() - 1000);
    const { token } = await createToken(stores.database, {
      name: 'old',
      scopes: ['applications:write'],
      expiresAt,
    });
    await expectNotAuthentic(await deliver(bearer(token)));
  });

  it('that is revoked is 401 within seconds, also where it was just used', async () => {
    const request = { name: 'crm', scopes: ['applications:write'] as const, expiresAt: null };
    const { id, token } = await createToken(stores.database, request);
    expect((await deliver(bearer(token), JSON.stringify(applicationEvent()))).status).toBe(202);
    await revokeToken(stores.database, id);
    await eventually(async () => (await deliver(bearer(token))).status === 401);
  });
});

describe('where no secret is configured', () => {
  const closed = useWeb(stores, queue, () => ({ webhookSecrets: [] }));

  it.each([
    ['unsigned', () => ({ 'Content-Type': 'application/json' })],
    ['signed by anybody', () => signed(createSecret(), BODY)],
    ['signed with nothing', () => ({ ...signed(createSecret(), BODY), 'webhook-signature': 'v1,' })],
  ])('a delivery that is %s is 401', async (_, headers) => {
    await expectNotAuthentic(await deliver(headers(), BODY, closed.url));
  });
});

it('accepts a delivery signed as senders sign', async () => {
  expect((await post(web, applicationEvent())).status).toBe(202);
});
