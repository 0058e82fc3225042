import type { Pause } from '../queue/pausable-queue';

/** Returns since when and why a queue is or was paused. */
export const describeCause = ({ since, reason }: Pause) =>
  `paused since ${since ?? 'an unknown time'}: ${reason ?? 'unknown reason'}`;

/** Returns since when and why a queue is paused, in one line. */
export function describePause(name: string, pause: Pause): string {
  return `${name} is ${describeCause(pause)}`;
}
