import type { FeedHub } from '../events/feed-hub';
import { enqueueNewEvents } from '../events/push-deliveries';
import type { Logger } from '../lib/log';
import { createOutageLog } from '../lib/outage-log';
import type { Database } from '../models/connect';
import { addPushes, type PushQueue } from '../queue/push';

/** In case a notice was lost, or a store was away. */
const LOOK_EVERY_MS = 2000;

export interface RelayDeps {
  database: Database;
  hub: FeedHub;
  queue: PushQueue;
  log: Logger;
}

async function takeAll({ database, queue }: RelayDeps, ended: AbortSignal): Promise<void> {
  let more = true;
  while (more && !ended.aborted)
    ({ more } = await enqueueNewEvents(database, (ids) => addPushes(queue, ids)));
}

/** Hands every new event to the push queue, as they come. Any number of workers may do it: they take turns. */
export function startOutboxRelay(deps: RelayDeps): { close(): Promise<void> } {
  const outageLog = createOutageLog(deps.log, 'outbox relay');
  const ended = new AbortController();

  async function run(): Promise<void> {
    while (!ended.signal.aborted) {
      const seen = deps.hub.generation();
      try {
        await takeAll(deps, ended.signal);
        outageLog.recovered();
      } catch (error) {
        outageLog.failed(error);
      }
      await deps.hub.waitForNewer(seen, LOOK_EVERY_MS, ended.signal);
    }
  }

  const running = run();
  return {
    async close() {
      ended.abort();
      await running;
    },
  };
}
