import { findContext } from '../context/find-context';
import type { Io } from '../io';
import type { Backend, ReplayBackend } from './backend';

/**
 * Runs `work` on the context in use, over HTTP, or else on the stores. Loads only the implementation that it needs.
 * @throws ConvError INVALID (exit 2) if the settings name both; an outage (exit 3) within five seconds, with the next step
 */
export async function withBackend<T>(io: Io, work: (backend: Backend) => Promise<T>): Promise<T> {
  const context = await findContext(io);
  if (!context) return (await import('./stores/open')).withStoreBackend(io, work);
  return (await import('./http/open')).withHttpBackend(io, context, work);
}

/** Runs `work` as {@link withBackend} does, with what a replay needs. */
export async function withReplayBackend<T>(io: Io, work: (backend: ReplayBackend) => Promise<T>): Promise<T> {
  const context = await findContext(io);
  if (!context) return (await import('./stores/open')).withStoreReplays(io, work);
  return (await import('./http/open')).withHttpReplays(context, work);
}
