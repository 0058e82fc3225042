import { Registry } from 'prom-client';
import { version } from '../../package.json';
import { REJECTION_REASONS, type OutcomeStatus, type RejectionReason } from '../lib/domain';
import type { ErrorCode } from '../lib/errors';
import { defineCommon, defineWeb, defineWorker, type RedisConnection } from './definitions';
import {
  ATTEMPT_RESULTS,
  PUSH_RESULTS,
  QUEUE_NAMES,
  type AttemptResult,
  type ProcessKind,
  type PushResult,
  type QueueName,
  type ReceiptResult,
} from './labels';

/** How an application ended, as its job shows it. */
export interface FinishedApplication {
  status: OutcomeStatus;
  /** Of a FAILED one empty: its reason is free text. */
  reason: RejectionReason | '';
}

/** A request as it is counted: no path and no id, because each value of a label is a series of its own. */
export interface HandledRequest {
  method: string;
  /** The route's pattern. */
  route: string;
  status: number;
}

/** The metrics of one process. Each function counts one thing; none waits or throws. */
export interface Metrics {
  kind: ProcessKind;
  registry: Registry;
  countRequest(request: HandledRequest, seconds: number): void;
  /** @param code the problem's code for `conflict` and `refused` */
  countReceipt(result: ReceiptResult, code?: ErrorCode): void;
  countAttempt(result: AttemptResult): void;
  /** Counts an application whose job is finished with it. */
  countFinished(application: FinishedApplication): void;
  /** Records how long an application took from its receipt to its outcome. */
  observeDuration(seconds: number): void;
  countStalled(queue: QueueName): void;
  countQuarantined(): void;
  countPush(result: PushResult): void;
  /** Observes whether a connection to Redis is ready, and how often it is lost. */
  observeRedis(connection: RedisConnection): void;
  /** Calls the listener after each change of a counter or histogram. */
  onChange(listener: () => void): void;
  /** Sets all counters and histograms back to zero. */
  reset(): void;
}

/** Creates the metrics of this process, on a registry of their own. */
export function createMetrics(kind: ProcessKind): Metrics {
  const registry = new Registry();
  const web = defineWeb([registry]);
  const worker = defineWorker([registry]);
  const connections: RedisConnection[] = [];
  const common = defineCommon(kind, connections, [registry]);
  let notify = (): void => undefined;

  /** A series that appears with its first event has no increase that Prometheus could see. */
  function initialize(): void {
    common.build.set({ version, node: process.versions.node }, 1);
    for (const result of ['accepted', 'redelivered']) web.received.inc({ result, code: '' }, 0);
    for (const result of ATTEMPT_RESULTS) worker.attempts.inc({ result }, 0);
    for (const status of ['ACCEPTED', 'FAILED']) worker.processed.inc({ status, reason: '' }, 0);
    for (const reason of REJECTION_REASONS) worker.processed.inc({ status: 'REJECTED', reason }, 0);
    for (const queue of QUEUE_NAMES) worker.stalled.inc({ queue }, 0);
    for (const result of PUSH_RESULTS) worker.pushes.inc({ result }, 0);
  }

  initialize();
  return {
    kind,
    registry,
    countRequest({ method, route, status }, seconds) {
      web.requests.inc({ method, route, status });
      web.requestSeconds.observe({ method, route }, seconds);
      notify();
    },
    countReceipt(result, code) {
      web.received.inc({ result, code: code ?? '' });
      notify();
    },
    countAttempt(result) {
      worker.attempts.inc({ result });
      notify();
    },
    countFinished({ status, reason }) {
      worker.processed.inc({ status, reason });
      notify();
    },
    observeDuration(seconds) {
      worker.duration.observe(Math.max(0, seconds));
      notify();
    },
    countStalled(queue) {
      worker.stalled.inc({ queue });
      notify();
    },
    countQuarantined() {
      worker.quarantined.inc();
      notify();
    },
    countPush(result) {
      worker.pushes.inc({ result });
      notify();
    },
    observeRedis(connection) {
      connections.push(connection);
      connection.on('reconnecting', () => {
        common.reconnects.inc();
        notify();
      });
    },
    onChange(listener) {
      notify = listener;
    },
    reset() {
      registry.resetMetrics();
      initialize();
    },
  };
}
