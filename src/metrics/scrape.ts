import { mergeSnapshots } from './snapshots';
import { readSystem, type SystemDeps } from './system';
import { addSystemGauges } from './system-gauges';

/**
 * Returns the metrics of all processes and of the system, in Prometheus' text format. Without Redis the counters are left out, and
 * not only those of the other processes: Prometheus would take fewer counts for a restart, and later count everything twice.
 */
export async function scrape(deps: SystemDeps): Promise<{ contentType: string; text: string }> {
  const system = await readSystem(deps);
  const { snapshots, now } = system.redis ?? { snapshots: new Map(), now: 0 };
  const registry = mergeSnapshots(snapshots, now);
  addSystemGauges(registry, system);
  return { contentType: registry.contentType, text: await registry.metrics() };
}
