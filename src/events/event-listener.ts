import { Client } from 'pg';
import { ConvError } from '../lib/errors';
import type { Logger } from '../lib/log';
import { createOutageLog } from '../lib/outage-log';
import { EVENTS_CHANNEL } from '../models/notify';
import type { PostgresAddress } from '../models/tls';

const RECONNECT_AFTER_MS = 1000;
const CONNECT_TIMEOUT_MS = 3000;

/**
 * Keeps a connection of its own that listens for notifications of new events, and reconnects when it is lost.
 * @param onNotification is also called after each connect, because notifications may have been missed before
 * @returns a function that closes the connection
 */
export function listenForEvents(
  address: PostgresAddress,
  log: Logger,
  onNotification: () => void,
): () => Promise<void> {
  const outageLog = createOutageLog(log, 'event listener');
  let closed = false;
  let client: Client | null = null;
  let retry: NodeJS.Timeout | undefined;

  function connectionLost(cause: unknown): void {
    if (!closed)
      outageLog.failed(new ConvError('DATABASE_UNAVAILABLE', 'cannot listen for events', { cause }));
  }

  function scheduleReconnect(): void {
    if (closed) return;
    clearTimeout(retry);
    retry = setTimeout(() => void connect(), RECONNECT_AFTER_MS);
  }

  async function connect(): Promise<void> {
    const connecting = new Client({
      ...address,
      application_name: 'conv events',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    client = connecting;
    connecting.on('notification', onNotification);
    connecting.on('error', connectionLost);
    connecting.once('end', scheduleReconnect);
    try {
      await connecting.connect();
      await connecting.query(`LISTEN ${EVENTS_CHANNEL}`);
      outageLog.recovered();
      onNotification();
    } catch (error) {
      connectionLost(error);
      // A client that never connected may emit no `end`.
      await connecting.end().catch(() => scheduleReconnect());
    }
  }

  void connect();
  return async () => {
    closed = true;
    clearTimeout(retry);
    // The connection is given up either way.
    await client?.end().catch(() => undefined);
  };
}
