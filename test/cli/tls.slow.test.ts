import { NO_STACK, runInProcess } from '../support/cli';
import { createAuthority, type Authority } from '../support/certificates';
import { useDatabase } from '../support/database';
import { containing } from '../support/matchers';
import { useOwnRedis } from '../support/own-redis';
import { serveOverTls } from '../support/tls-proxy';

const stores = useDatabase();
const empty = useDatabase('template0');
const own = useOwnRedis();

let authority: Authority;
let other: Authority;
beforeAll(async () => {
  [authority, other] = await Promise.all([createAuthority(), createAuthority()]);
});

const run = (args: string[], env: NodeJS.ProcessEnv) => runInProcess(args, { CONV_HOME: NO_STACK, ...env });
const encodePem = ({ pem }: Authority) => pem.replaceAll('\n', '\\n');

describe('Redis with a certificate of a private CA', () => {
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    const { port } = await serveOverTls(own.url, { certificate: authority.issued });
    const REDIS_URL = Object.assign(new URL(own.url.replace('redis:', 'rediss:')), { port }).href;
    env = { REDIS_URL };
  });
  const stats = (more: NodeJS.ProcessEnv) => run(['queue', 'stats'], { ...env, ...more });

  it('is refused without REDIS_TLS_CA, which the error names', async () => {
    expect(await stats({})).toMatchObject({
      code: 3,
      stderr: containing('set REDIS_TLS_CA to the certificate of its CA'),
    });
  });

  it.each<[string, () => string]>([
    ['a path', () => authority.file],
    ['the certificate', () => authority.pem],
    ['the certificate in one line', () => encodePem(authority)],
  ])('is accepted with REDIS_TLS_CA: %s', async (_name, ca) => {
    expect(await stats({ REDIS_TLS_CA: ca() })).toMatchObject({ code: 0, stderr: '' });
  });

  it('is refused with the certificate of another CA', async () => {
    expect(await stats({ REDIS_TLS_CA: other.file })).toMatchObject({ code: 3 });
  });

  it('is accepted with REDIS_TLS_VERIFY=none', async () => {
    expect(await stats({ REDIS_TLS_VERIFY: 'none' })).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('PostgreSQL with a certificate of a private CA', () => {
  let port: number;
  const url = (search: string, to = stores.url) => Object.assign(new URL(to), { port, search }).href;
  beforeAll(async () => {
    ({ port } = await serveOverTls(stores.url, { afterSslRequest: true, certificate: authority.issued }));
  });
  const list = (search: string, env: NodeJS.ProcessEnv) =>
    run(['list'], { DATABASE_URL: url(search), ...env });

  it('is refused without DATABASE_TLS_CA, which the error names', async () => {
    expect(await list('?sslmode=verify-full', {})).toMatchObject({
      code: 3,
      stderr: containing('set DATABASE_TLS_CA to the certificate of its CA'),
    });
  });

  it.each(['', '?sslmode=require', '?sslmode=verify-full'])(
    'is accepted with DATABASE_TLS_CA%s',
    async (search) => {
      expect(await list(search, { DATABASE_TLS_CA: authority.file })).toMatchObject({ code: 0 });
    },
  );

  it('is refused with the certificate of another CA', async () => {
    expect(await list('', { DATABASE_TLS_CA: other.pem })).toMatchObject({ code: 3 });
  });

  it('is accepted with DATABASE_TLS_VERIFY=none', async () => {
    expect(await list('?sslmode=require', { DATABASE_TLS_VERIFY: 'none' })).toMatchObject({ code: 0 });
  });

  it('is migrated over TLS', async () => {
    const env = { DATABASE_URL: url('', empty.url), DATABASE_TLS_CA: authority.file };
    expect(await run(['db', 'migrate'], env)).toMatchObject({ code: 0 });
  });
});

it.each([
  ['/nonexistent/ca.pem', /REDIS_TLS_CA: .*ENOENT.*\/nonexistent\/ca\.pem/],
  ['/dev/null', /REDIS_TLS_CA: \/dev\/null holds no certificate/],
])('names an unusable REDIS_TLS_CA: %s', async (REDIS_TLS_CA, message) => {
  const { code, stderr } = await run(['queue', 'stats'], { REDIS_URL: own.url, REDIS_TLS_CA });
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});
