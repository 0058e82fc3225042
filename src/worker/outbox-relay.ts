import type { FeedHub } from '../events/feed-hub';
import { enqueueNewEvents } from '../events/push-deliveries';
import { switchPushingOn } from '../events/switch-pushing-on';
import type { Logger } from '../lib/log';
import { createOutageLog } from '../lib/outage-log';
import type { Database } from '../models/connect';
import { addPushes, type PushQueue } from '../queue/push';

/** Retries after an outage, and catches up when the hub missed a notification. */
const POLL_EVERY_MS = 2000;

export interface RelayDeps {
  database: Database;
  hub: FeedHub;
  queue: PushQueue;
  log: Logger;
}

async function switchOn({ database, log }: RelayDeps): Promise<void> {
  const { isFirst, after } = await switchPushingOn(database);
  if (isFirst)
    log.info(
      { after },
      'pushing is switched on: new events are pushed, `conv events redeliver --since` sends older ones',
    );
  else log.info({ after }, 'pushing continues with the events after this one');
}

async function enqueueAllNewEvents({ database, queue }: RelayDeps, ended: AbortSignal): Promise<void> {
  let more = true;
  while (more && !ended.aborted)
    ({ more } = await enqueueNewEvents(database, (eventIds) => addPushes(queue, eventIds)));
}

/** Starts adding every new event to the push queue. Any number of workers may run a relay: a row lock lets one work at a time. */
export function startOutboxRelay(deps: RelayDeps): { close(): Promise<void> } {
  const outageLog = createOutageLog(deps.log, 'outbox relay');
  const ended = new AbortController();

  async function run(): Promise<void> {
    let isOn = false;
    while (!ended.signal.aborted) {
      const seen = deps.hub.generation();
      try {
        if (!isOn) await switchOn(deps);
        isOn = true;
        await enqueueAllNewEvents(deps, ended.signal);
        outageLog.recovered();
      } catch (error) {
        outageLog.failed(error);
      }
      await deps.hub.waitForNewer(seen, POLL_EVERY_MS, ended.signal);
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
