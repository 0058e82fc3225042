import type { SettingsError } from '../../src/lib/errors';
import { connectForCommands } from '../../src/queue/connection';
import { watchDurability, type DurabilityWatch } from '../../src/queue/watch-durability';
import { atEnd } from '../support/cleanup';
import { eventually } from '../support/eventually';
import { useOwnRedis } from '../support/own-redis';
import { recordingLog } from '../support/recording-log';

const own = useOwnRedis();

const APPEND_ONLY = 'appendonly no: a restart loses accepted applications';
const APPEND_SYNC = 'appendfsync everysec: a crash loses up to a second of accepted applications';
const EVICTION = 'maxmemory-policy allkeys-lru: a full Redis deletes accepted applications';

interface Watched extends DurabilityWatch {
  refusals: string[];
  /** The lists of risks that were logged. */
  logged: () => unknown[];
}

/** Watches the Redis of this file, as a user if given, until the end of the file. */
function watch({ required = false, user = '' } = {}): Watched {
  const { log, lines } = recordingLog();
  const refusals: string[] = [];
  const url = user === '' ? own.url : Object.assign(new URL(own.url), { username: user, password: 's' }).href;
  const connection = connectForCommands({ redisUrl: url });
  atEnd(() => {
    connection.disconnect();
    return Promise.resolve();
  });
  const refuse = (error: SettingsError) => void refusals.push(error.message);
  const watching = watchDurability(connection, { required, log, refuse });
  const logged = () =>
    lines.flatMap((line) => {
      const { level, risks } = JSON.parse(line) as { level: string; risks?: unknown };
      return level === 'warn' ? [risks] : [];
    });
  return { ...watching, refusals, logged };
}

async function set(settings: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await own.redis.config('SET', name, value);
}
const DURABLE = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' };
afterEach(() => set(DURABLE));

it('warns of nothing where Redis keeps everything', async () => {
  const watched = watch({ required: true });
  await watched.checked;
  expect([watched.warnings(), watched.refusals, watched.logged()]).toEqual([[], [], []]);
});

it.each([
  [{ appendonly: 'no' }, APPEND_ONLY],
  [{ appendfsync: 'everysec' }, APPEND_SYNC],
  [{ 'maxmemory-policy': 'allkeys-lru' }, EVICTION],
])('warns of %j, once', async (settings, warning) => {
  await set(settings);
  const watched = watch();
  await watched.checked;
  expect([watched.warnings(), watched.logged()]).toEqual([[warning], [[warning]]]);
});

it.each([
  [{ appendonly: 'no' }, APPEND_ONLY],
  [{ 'maxmemory-policy': 'allkeys-lru' }, EVICTION],
])('refuses %j where durability is required', async (settings, warning) => {
  await set(settings);
  const watched = watch({ required: true });
  await watched.checked;
  expect(watched.refusals).toEqual([expect.stringContaining(warning)]);
});

it('warns of a Redis that becomes less durable, and does not refuse it any more', async () => {
  const watched = watch({ required: true });
  await watched.checked;
  await set({ 'maxmemory-policy': 'allkeys-lru' });
  await own.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await eventually(() => watched.logged().length > 0);
  expect([watched.warnings(), watched.refusals]).toEqual([[EVICTION], []]);
});

describe('where the provider forbids CONFIG', () => {
  beforeAll(() => own.redis.acl('SETUSER', 'limited', 'on', '>s', '~*', '&*', '+@all', '-config'));

  it('warns that appendfsync is unknown', async () => {
    const watched = watch({ user: 'limited' });
    await watched.checked;
    expect(watched.warnings()).toEqual([
      expect.stringMatching(/^appendfsync unknown, the provider hides it/),
    ]);
  });

  it('refuses it where durability is required, and says how to allow it', async () => {
    const watched = watch({ user: 'limited', required: true });
    await watched.checked;
    expect(watched.refusals).toEqual([
      expect.stringMatching(/appendfsync is hidden: let the user .* run CONFIG GET/),
    ]);
  });
});
