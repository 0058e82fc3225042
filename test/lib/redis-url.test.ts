import { parseRedisUrl, redisHosts } from '../../src/lib/redis-url';

it.each([
  ['redis://cache', { kind: 'single', tls: false, nodes: [{ host: 'cache', port: 6379 }], db: 0 }],
  [
    'rediss://:secret@cache:6380/2',
    { tls: true, password: 'secret', nodes: [{ host: 'cache', port: 6380 }], db: 2 },
  ],
  ['redis://[::1]:7000', { nodes: [{ host: '::1', port: 7000 }] }],
  [
    'redis+sentinel://user:p%40ss@a:1,b/mymaster?db=3',
    {
      kind: 'sentinel',
      tls: false,
      username: 'user',
      password: 'p@ss',
      primaryName: 'mymaster',
      db: 3,
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26_379 },
      ],
    },
  ],
  [
    'rediss+sentinel://a/m?sentinel_username=u&sentinel_password=p',
    { tls: true, sentinelUsername: 'u', sentinelPassword: 'p' },
  ],
  [
    'redis+cluster://a:1,[::1]:2',
    {
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 1 },
        { host: '::1', port: 2 },
      ],
    },
  ],
  ['rediss+cluster://:secret@a', { kind: 'cluster', tls: true, password: 'secret' }],
])('parses %s', (url, expected) => {
  expect(parseRedisUrl(url)).toMatchObject(expected);
});

it.each([
  '',
  'cache:6379',
  'http://cache',
  'redis://',
  'redis+sentinel://a,b',
  'redis+cluster://',
  'redis+cluster://a:x',
])('refuses %j', (url) => {
  expect(parseRedisUrl(url)).toBeNull();
});

it('shows the hosts without the password', () => {
  expect(redisHosts('redis+sentinel://user:hunter2@a:1,[::1]:2/mymaster')).toBe('a:1,[::1]:2');
});
