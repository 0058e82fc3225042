import { spawn } from 'node:child_process';

export interface Watchdog {
  /** Ends the watchdog without stopping the watched process. Resolves when the watchdog has ended. */
  release(): Promise<void>;
}

// The shell waits on a pipe from us. The word "release" ends it. If the pipe closes without that word, we were killed,
// and the shell stops the watched process with one signal after the other, 5 seconds apart.
const SCRIPT = `
read -r word
[ "$word" = release ] && exit 0
pid=$1
shift
for signal in "$@"; do
  kill -s "$signal" "$pid" 2>/dev/null || exit 0
  tries=0
  while [ "$tries" -lt 50 ] && kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    tries=$((tries + 1))
  done
done
`;

/**
 * Starts a small shell in its own session that stops a process if we are killed, even by SIGKILL. It knows the process
 * only by its id, so release the watchdog as soon as the process has ended.
 */
export function startWatchdog(pid: number, signals: readonly NodeJS.Signals[]): Watchdog {
  const names = signals.map((signal) => signal.replace('SIG', ''));
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'conv-watchdog', String(pid), ...names], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    shell.once('error', () => resolve());
  });
  // EPIPE if the shell itself was killed: then there is nothing to release.
  shell.stdin.once('error', () => shell.stdin.destroy());
  return {
    release: () => {
      shell.stdin.end('release\n');
      return ended;
    },
  };
}
