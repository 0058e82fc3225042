import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ProcessKind } from './labels';

/** The parts of a connection to Redis that are observed. */
export interface RedisConnection {
  status: string;
  on(event: 'reconnecting', listener: () => void): unknown;
}

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30];
/** From a quiet system, over an outage of minutes, to a backlog of hours; in seconds. */
const DURATION_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400];

/** Defines what web processes count. */
export function defineWeb(registers: Registry[]) {
  return {
    requests: new Counter({
      name: 'conv_http_requests_total',
      help: 'HTTP requests, by method, pattern of the route and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'conv_http_request_duration_seconds',
      help: 'Time until the response was decided. Streams and long polls take as long as they last.',
      labelNames: ['method', 'route'],
      buckets: REQUEST_BUCKETS,
      registers,
    }),
    received: new Counter({
      name: 'conv_applications_received_total',
      help: 'Posted applications: accepted, redelivered, conflict (same id, other data), or refused with a code.',
      labelNames: ['result', 'code'],
      registers,
    }),
  };
}

/** Defines what workers count. */
export function defineWorker(registers: Registry[]) {
  return {
    attempts: new Counter({
      name: 'conv_application_attempts_total',
      help: 'Runs of jobs of applications, by result; only retry uses up an attempt and runs again.',
      labelNames: ['result'],
      registers,
    }),
    processed: new Counter({
      name: 'conv_applications_processed_total',
      help: 'Applications whose job is finished, by status and reason of the outcome.',
      labelNames: ['status', 'reason'],
      registers,
    }),
    duration: new Histogram({
      name: 'conv_application_duration_seconds',
      help: 'Time from the receipt of an application to its outcome, without replays.',
      buckets: DURATION_BUCKETS,
      registers,
    }),
    stalled: new Counter({
      name: 'conv_jobs_stalled_total',
      help: 'Jobs whose worker was lost while it processed them.',
      labelNames: ['queue'],
      registers,
    }),
    quarantined: new Counter({
      name: 'conv_jobs_quarantined_total',
      help: 'Runs of jobs in quarantine, because they may crash workers.',
      registers,
    }),
    pushes: new Counter({
      name: 'conv_pushes_total',
      help: 'Attempts to push an event to EVENTS_URL, by result; after parked and gone an operator must act.',
      labelNames: ['result'],
      registers,
    }),
  };
}

/** Defines what every process has. */
export function defineCommon(
  kind: ProcessKind,
  connections: readonly RedisConnection[],
  registers: Registry[],
) {
  return {
    reconnects: new Counter({
      name: 'conv_redis_reconnects_total',
      help: 'Times that a connection to Redis was lost and is made again.',
      registers,
    }),
    connections: new Gauge({
      name: 'conv_redis_connections',
      help: 'Connections to Redis that are ready, or down; without those that wait for jobs.',
      labelNames: ['kind', 'state'],
      registers,
      collect() {
        const ready = connections.filter(({ status }) => status === 'ready').length;
        this.set({ kind, state: 'ready' }, ready);
        this.set({ kind, state: 'down' }, connections.length - ready);
      },
    }),
    build: new Gauge({
      name: 'conv_build_info',
      help: 'The versions that run; always 1.',
      labelNames: ['version', 'node'],
      aggregator: 'max',
      registers,
    }),
  };
}
