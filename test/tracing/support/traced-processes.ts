import { switchPushingOn } from '../../../src/events/switch-pushing-on';
import { createSecret } from '../../../src/lib/signature';
import type { TestReceiver } from '../../push/support/receiver';
import { atEnd } from '../../support/cleanup';
import type { TestDatabase } from '../../support/database';
import { startProcess, type RealProcess } from '../../support/processes';
import type { TestQueue } from '../../support/queue';
import { post } from '../../support/web';
import type { SenderTrace } from './traceparent';

/** A web and a worker process that push to the receiver. */
export interface TracedProcesses {
  web: RealProcess;
  worker: RealProcess;
  /** Posts an application event as a sender that takes part in a trace. */
  send(event: object, trace?: SenderTrace): Promise<Response>;
  /** Stops both, which sends their last spans. */
  stop(): Promise<(number | null)[]>;
}

/** Starts both processes with these settings of OpenTelemetry. */
export async function startTraced(
  stores: TestDatabase,
  queue: TestQueue,
  receiver: TestReceiver,
  env: NodeJS.ProcessEnv,
): Promise<TracedProcesses> {
  await switchPushingOn(stores.database);
  const secret = createSecret();
  const all = { ...env, WEBHOOK_SECRETS: secret, EVENTS_URL: receiver.url, EVENTS_SECRET: receiver.secret };
  const web = await startProcess('web', stores, queue, all);
  const worker = await startProcess('worker', stores, queue, all);
  const stop = () => Promise.all([web.stop(), worker.stop()]);
  atEnd(stop);
  return {
    web,
    worker,
    stop,
    send: (event, trace) =>
      post(
        { url: web.url ?? '', secret, token: '' },
        event,
        trace ? { traceparent: trace.traceparent, tracestate: 'sender=1' } : {},
      ),
  };
}
