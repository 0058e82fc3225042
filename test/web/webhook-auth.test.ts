import type { Scope } from '../../src/lib/domain';
import { parseSenders } from '../../src/lib/senders';
import { createSecret } from '../../src/lib/signature';
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
const rotating = useWeb(stores, queue, () => ({ senders: parseSenders(`${older} ${newer}`) }));

const BODY = JSON.stringify(applicationEvent());

function deliver(headers: Record<string, string>, body = BODY, url = web.url): Promise<Response> {
  return fetch(`${url}/webhooks/applications`, { method: 'POST', headers, body });
}

const bearer = (token: string) => ({ 'Content-Type': 'application/json', Authorization: `Bearer ${token}` });

/** Returns the headers with the names that Svix uses. */
function svix(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.replace('webhook-', 'svix-'), value]),
  );
}

async function expectNotAuthentic(response: Response): Promise<string> {
  expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
  return (await problemOf(response, 401, 'NOT_AUTHENTIC')).detail;
}

describe('a delivery by signature', () => {
  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('is 401 without %s', async (name) => {
    const headers = Object.fromEntries(
      Object.entries(signed(web.secret, BODY)).filter(([key]) => key !== name),
    );
    expect(await expectNotAuthentic(await deliver(headers))).toContain(name);
  });

  it('is 401 without any signature header, and learns both ways to authenticate', async () => {
    const detail = await expectNotAuthentic(await deliver({ 'Content-Type': 'application/json' }));
    expect(detail).toBe(
      'missing credentials: sign the request with the headers webhook-id, webhook-timestamp and webhook-signature, ' +
        'or send Authorization: Bearer conv_… with a token that has the scope applications:write',
    );
  });

  it('is accepted with the header names of Svix', async () => {
    const body = JSON.stringify(applicationEvent());
    expect((await deliver(svix(signed(web.secret, body)), body)).status).toBe(202);
  });

  it('learns the names that it used in the error', async () => {
    const wrong = { ...svix(signed(web.secret, BODY)), 'svix-timestamp': 'now' };
    expect(await expectNotAuthentic(await deliver(wrong))).toMatch(/^svix-timestamp must be/);
  });

  it('is judged by its webhook-* headers if it has both', async () => {
    const wrong = signed(createSecret(), BODY);
    await expectNotAuthentic(await deliver({ ...svix(signed(web.secret, BODY)), ...wrong }));
  });

  it.each([-301, 301])('is 401 if its timestamp is %i seconds from now', async (seconds) => {
    const at = new Date(Date.now() + seconds * 1000 + Math.sign(seconds) * 5000);
    expect(await expectNotAuthentic(await deliver(signed(web.secret, BODY, at)))).toContain('300 seconds');
  });

  it('is accepted within five minutes of its timestamp', async () => {
    const body = JSON.stringify(applicationEvent());
    for (const seconds of [-280, 280])
      expect(
        (await deliver(signed(web.secret, body, new Date(Date.now() + seconds * 1000)), body)).status,
      ).toBe(202);
  });

  it('is 401 if signed with another secret', async () => {
    await expectNotAuthentic(await deliver(signed(createSecret(), BODY)));
  });

  it('is 401 if another body was signed', async () => {
    await expectNotAuthentic(await deliver(signed(web.secret, `${BODY} `)));
  });

  it('is 401 with a signature of an unknown version', async () => {
    const headers = signed(web.secret, BODY);
    const value = headers['webhook-signature'] ?? '';
    await expectNotAuthentic(
      await deliver({ ...headers, 'webhook-signature': value.replace('v1,', 'v1a,') }),
    );
  });

  it('is accepted if one of several signatures is valid', async () => {
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

it('does not report problems of the body before the sender is authenticated', async () => {
  await expectNotAuthentic(await deliver({ 'Content-Type': 'application/json' }, '{"id":1}'));
});

describe('a delivery by token', () => {
  it('is accepted with the scope applications:write, without a signature', async () => {
    const body = JSON.stringify(applicationEvent());
    expect((await deliver(bearer(await tokenFor(stores, 'applications:write')), body)).status).toBe(202);
  });

  it.each(['conversations:read', 'conversations:write', 'queues:admin', 'metrics:read'] satisfies Scope[])(
    'is 403 with the scope %s',
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
    ['malformed', 'Bearer hunter2'],
    ['empty', 'Bearer '],
    ['of another scheme', 'Basic aGk6aGk='],
    ['without a scheme', 'hunter2'],
    ['two', 'Bearer a b'],
  ])('is 401 if the token is %s', async (_, value) => {
    await expectNotAuthentic(await deliver({ 'Content-Type': 'application/json', Authorization: value }));
  });

  it('is 401 with a wrong token, even if the signature is valid', async () => {
    const body = JSON.stringify(applicationEvent());
    await expectNotAuthentic(
      await deliver({ ...signed(web.secret, body), Authorization: 'Bearer hunter2' }, body),
    );
  });

  it('is 401 if the token has expired', async () => {
    const expiresAt = new Date(Date.now() - 1000);
    const { token } = await createToken(stores.database, {
      name: 'old',
      scopes: ['applications:write'],
      expiresAt,
    });
    await expectNotAuthentic(await deliver(bearer(token)));
  });

  it('is 401 within seconds after the token is revoked, even if it was just used', async () => {
    const request = { name: 'crm', scopes: ['applications:write'] as const, expiresAt: null };
    const { id, token } = await createToken(stores.database, request);
    expect((await deliver(bearer(token), JSON.stringify(applicationEvent()))).status).toBe(202);
    await revokeToken(stores.database, id);
    await eventually(async () => (await deliver(bearer(token))).status === 401);
  });
});

describe('where no secret is configured', () => {
  const closed = useWeb(stores, queue, () => ({ senders: [] }));

  it.each([
    ['unsigned', () => ({ 'Content-Type': 'application/json' })],
    ['signed by anybody', () => signed(createSecret(), BODY)],
    ['signed with nothing', () => ({ ...signed(createSecret(), BODY), 'webhook-signature': 'v1,' })],
  ])('a delivery that is %s is 401', async (_, headers) => {
    await expectNotAuthentic(await deliver(headers(), BODY, closed.url));
  });
});

it('accepts a signed delivery', async () => {
  expect((await post(web, applicationEvent())).status).toBe(202);
});
