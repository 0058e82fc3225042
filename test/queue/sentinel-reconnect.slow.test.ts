import type { Redis } from 'ioredis';
import { connectForWorker } from '../../src/queue/connection';
import { atEnd } from '../support/cleanup';
import { eventually } from '../support/eventually';
import { startRedisServer, startSentinel, type RedisServer } from '../support/redis-server';

/** Returns a connection like the one on which a worker blocks. */
async function openDuplicate(): Promise<Redis> {
  const duplicate = connection.duplicate();
  duplicate.on('error', () => undefined);
  await eventually(() => duplicate.status === 'ready');
  return duplicate;
}

let sentinel: RedisServer;
let connection: Redis;
afterAll(() => {
  connection.disconnect();
});
atEnd(() => sentinel.kill());
beforeAll(async () => {
  sentinel = await startSentinel(await startRedisServer());
  connection = connectForWorker({
    redisUrl: `redis+sentinel://127.0.0.1:${sentinel.port}/mymaster`,
  }) as Redis;
  connection.on('error', () => undefined);
  await eventually(() => connection.status === 'ready');
});

/** Breaks the connection, and ends the next attempt as ioredis does when a Sentinel announces a new primary meanwhile. */
async function announceWhileConnecting(redis: Redis): Promise<void> {
  const ended = new Promise((resolve) => redis.once('end', resolve));
  const { connector } = redis as unknown as { connector: { disconnect: () => void } };
  redis.once('connecting', () => {
    connector.disconnect();
  });
  redis.disconnect(true);
  await ended;
}

it('connects again if a Sentinel announces the new primary while it asks for it', async () => {
  await announceWhileConnecting(connection);
  await eventually(() => connection.status === 'ready');
  expect(await connection.ping()).toBe('PONG');
});

it('does so in a duplicate, on which a worker blocks', async () => {
  const duplicate = await openDuplicate();
  await announceWhileConnecting(duplicate);
  await eventually(() => duplicate.status === 'ready');
  duplicate.disconnect();
});

it.each([
  ['disconnect', (redis: Redis) => redis.disconnect()],
  ['quit', (redis: Redis) => void redis.quit()],
])('stays closed after %s', async (_, close) => {
  const duplicate = await openDuplicate();
  const connecting = jest.fn();
  duplicate.on('connecting', connecting);
  const ended = new Promise((resolve) => duplicate.once('end', resolve));
  close(duplicate);
  await ended;
  await announceWhileConnecting(connection);
  await eventually(() => connection.status === 'ready'); // It connected later, and by the same timer.
  expect(connecting).not.toHaveBeenCalled();
  duplicate.disconnect(); // After quit, ioredis still listens to the Sentinels.
});
