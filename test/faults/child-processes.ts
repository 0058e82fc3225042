import { readdir, readFile } from 'node:fs/promises';

/** Returns the ids of the processes that a process has started and that still run. */
export async function childProcesses(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    pids.map((one) => readFile(`/proc/${one}/stat`, 'utf8').catch(() => '')), // It may have ended meanwhile.
  );
  return pids.map(Number).filter((_, i) => {
    const stat = stats[i] ?? '';
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === pid;
  });
}

/** Sends a signal to a process; nothing happens if it has ended. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
