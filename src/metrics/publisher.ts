import type { Logger } from '../lib/log';
import { newId } from '../lib/ids';
import { createOutageLog } from '../lib/outage-log';
import type { ApplicationQueue } from '../queue/applications';
import type { Metrics } from './metrics';
import { storeSnapshot, type MetricValues } from './snapshots';

/** A process that is killed loses what it counted in this time. */
const MIN_INTERVAL_MS = 200;
/** Shows that the process is alive, and its gauges. */
const MAX_INTERVAL_MS = 10_000;

/** Stores the metrics of this process in Redis, where `GET /metrics` of any web process reads them. */
export interface MetricsPublisher {
  /** Stores the last counts, and that the process ended. */
  close(): Promise<void>;
}

/** Starts storing the metrics of this process, soon after each change. A failure is logged, and the next try stores everything. */
export function publishMetrics(metrics: Metrics, queue: ApplicationQueue, log: Logger): MetricsPublisher {
  const id = `${metrics.kind}-${newId().id}`;
  const outageLog = createOutageLog(log, 'storing of metrics');
  let isFirst = true;
  let ended = false;
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();

  async function store(): Promise<void> {
    try {
      const at = (await queue.clock.now()).getTime();
      const values = (await metrics.registry.getMetricsAsJSON()) as unknown as MetricValues;
      const isStored = await storeSnapshot(queue, id, { kind: metrics.kind, at, ended, values }, isFirst);
      isFirst = !isStored;
      if (!isStored) metrics.reset();
      outageLog.recovered();
    } catch (error) {
      outageLog.failed(error);
    }
  }

  function schedule(): void {
    if (ended) return;
    timer ??= setTimeout(() => {
      timer = null;
      running = running.then(store);
    }, MIN_INTERVAL_MS);
  }

  const heartbeat = setInterval(schedule, MAX_INTERVAL_MS);
  metrics.onChange(schedule);
  schedule();
  return {
    async close() {
      ended = true;
      clearInterval(heartbeat);
      if (timer) clearTimeout(timer);
      await running;
      await store();
    },
  };
}
