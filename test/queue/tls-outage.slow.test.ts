import { findFreePort } from '../../src/local/ports';
import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { atEnd } from '../support/cleanup';
import { createSelfSignedFiles } from '../support/certificates';
import { eventually } from '../support/eventually';
import { recordingLog } from '../support/recording-log';
import { startRedisServer } from '../support/redis-server';

let port: number;
let queue: ApplicationQueue;
atEnd(() => queue.close());
beforeAll(async () => {
  const { key, cert } = await createSelfSignedFiles();
  port = await findFreePort();
  const files = [`tls-key-file ${key}`, `tls-cert-file ${cert}`, `tls-ca-cert-file ${cert}`];
  await startRedisServer([`tls-port ${port}`, 'tls-auth-clients no', ...files]);
});

it('logs a refused certificate once, with its cause', async () => {
  const { log, lines } = recordingLog('info');
  const redisUrl = `rediss://127.0.0.1:${port}`;
  queue = openApplicationQueue({ redisUrl, queuePrefix: 'tls' }, log);
  let attempts = 0;
  queue.connection.on('reconnecting', () => (attempts += 1));
  await eventually(() => attempts === 3);
  const messages = lines.map((line) => (JSON.parse(line) as { err: { message: string } }).err.message);
  expect(messages).toEqual([
    'the TLS connection to Redis failed: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)',
  ]);
});
