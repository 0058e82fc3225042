import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Database } from '../models/connect';
import { readPool } from '../models/pool-usage';
import type { RedisClock } from '../queue/redis-clock';
import type { ProcessKind } from './labels';
import type { Metrics } from './metrics';

/** What a process holds that can become scarce. */
export interface ProcessResources {
  database: Database;
  clock: RedisClock;
}

const EVENT_LOOP_RESOLUTION_MS = 10;
const KIND = ['kind'];

/** The lag is the delay beyond the resolution of the measurement, which an idle process shows too. */
function observeEventLoop(kind: ProcessKind, registers: Registry[]): void {
  const delay = monitorEventLoopDelay({ resolution: EVENT_LOOP_RESOLUTION_MS });
  delay.enable();
  const lag = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - EVENT_LOOP_RESOLUTION_MS / 1000);
  const worst = new Gauge({
    name: 'conv_event_loop_lag_max_seconds',
    help: 'Longest delay of the event loop since the last measurement, of the slowest process.',
    labelNames: KIND,
    aggregator: 'max',
    registers,
  });
  new Gauge({
    name: 'conv_event_loop_lag_p99_seconds',
    help: 'p99 of the delay of the event loop since the last measurement, of the slowest process.',
    labelNames: KIND,
    aggregator: 'max',
    registers,
    collect() {
      if (delay.count > 0) {
        this.set({ kind }, lag(delay.percentile(99)));
        worst.set({ kind }, lag(delay.max));
      }
      delay.reset();
    },
  });
}

function observeUsage(kind: ProcessKind, registers: Registry[]): void {
  new Gauge({
    name: 'conv_process_memory_bytes',
    help: 'Resident memory of all processes.',
    labelNames: KIND,
    registers,
    collect() {
      this.set({ kind }, process.memoryUsage.rss());
    },
  });
  new Counter({
    name: 'conv_process_cpu_seconds_total',
    help: 'Processor time of all processes.',
    labelNames: KIND,
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc({ kind }, (user + system) / 1e6);
    },
  });
}

function observePool(kind: ProcessKind, database: Database, registers: Registry[]): void {
  new Gauge({
    name: 'conv_database_pool_max',
    help: 'Most connections to PostgreSQL that the pools of all processes may open.',
    labelNames: KIND,
    registers,
  }).set({ kind }, database.poolSize);
  new Gauge({
    name: 'conv_database_pool_connections',
    help: 'Connections to PostgreSQL in the pools: used, idle; and waiting requests for one.',
    labelNames: ['kind', 'state'],
    registers,
    collect() {
      const { used, idle, waiting } = readPool(database);
      this.set({ kind, state: 'used' }, used);
      this.set({ kind, state: 'idle' }, idle);
      this.set({ kind, state: 'waiting' }, waiting);
    },
  });
}

function observeClock(kind: ProcessKind, clock: RedisClock, registers: Registry[]): void {
  new Gauge({
    name: 'conv_clock_skew_seconds',
    help: 'Largest difference between the clock of a process and that of Redis.',
    labelNames: KIND,
    aggregator: 'max',
    registers,
    async collect() {
      const redis = await clock.now().catch(() => null); // The connection logs the outage itself.
      if (redis) this.set({ kind }, Math.abs(redis.getTime() - Date.now()) / 1000);
    },
  });
}

/** Adds gauges of this process: event loop, memory, processor, connections, clock. They are read whenever a snapshot is stored. */
export function observeProcess({ kind, registry }: Metrics, { database, clock }: ProcessResources): void {
  const registers = [registry];
  observeEventLoop(kind, registers);
  observeUsage(kind, registers);
  observePool(kind, database, registers);
  observeClock(kind, clock, registers);
}
