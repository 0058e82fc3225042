import { spawn } from 'node:child_process';

export interface Guardian {
  /** Sends the guardian home; the store has ended, or is someone else's to stop. Resolves when it has gone. */
  release(): Promise<void>;
}

// It waits at a pipe whose other end is ours. A word through the pipe is the orderly end. The pipe closing without
// one means that we were killed: then the guardian asks the store to stop, with one signal after the other.
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
 * Sets a tiny shell beside a store, in a session of its own, that stops it should this process be killed (even by
 * SIGKILL). It knows the store by process id, so it is released as soon as the store ends.
 */
export function guard(pid: number, signals: readonly NodeJS.Signals[]): Guardian {
  const names = signals.map((signal) => signal.replace('SIG', ''));
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'conv-guardian', String(pid), ...names], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    shell.once('error', () => resolve());
  });
  // Writing to a guardian that someone killed fails with EPIPE: there is then nobody to send home.
  shell.stdin.once('error', () => shell.stdin.destroy());
  return {
    release: () => {
      shell.stdin.end('release\n');
      return gone;
    },
  };
}
