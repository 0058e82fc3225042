import { homedir } from 'node:os';
import { join } from 'node:path';

/** What can be had again lies here, shared by all homes of this user: `$XDG_CACHE_HOME/conv`, or `~/.cache/conv`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const given = env['XDG_CACHE_HOME'] ?? '';
  // The XDG specification: a path that is not absolute is to be ignored.
  if (given.startsWith('/')) return join(given, 'conv');
  return join(env['HOME'] || homedir(), '.cache', 'conv');
}
