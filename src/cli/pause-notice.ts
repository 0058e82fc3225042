import type { Pause } from '../queue/pausable-queue';

/** Returns since when and why a queue is paused, in one line. */
export function describePause(name: string, { since, reason }: Pause): string {
  return `${name} is paused since ${since ?? 'an unknown time'}: ${reason ?? 'unknown reason'}`;
}
