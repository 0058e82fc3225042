import { execFileSync } from 'node:child_process';

export interface Process {
  pid: number;
  parent: number;
  /** Together with the id this identifies a process: ids are reused. */
  started: string;
  command: string;
}

/** Returns every process of this machine, except the `ps` that lists them. */
export function listProcesses(): Process[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,lstart=,args='])
    .toString()
    .split('\n');
  return lines.flatMap((line) => {
    const [pid, parent, state = '', ...words] = line.trim().split(/\s+/);
    const [started, command] = [words.slice(0, 5).join(' '), words.slice(5).join(' ')];
    const ended = state.startsWith('Z') || command.startsWith('ps -A');
    return pid && parent && !ended ? [{ pid: Number(pid), parent: Number(parent), started, command }] : [];
  });
}

/** Returns the processes that a process has started, and those that they have started. */
export function descendants(root: number): Process[] {
  const all = listProcesses();
  const family = new Set([root]);
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid }) => pid !== root && family.has(pid));
}

/** Returns those of these processes that are still running. */
export function stillRunning(processes: readonly Process[]): Process[] {
  const running = listProcesses();
  return processes.filter(({ pid, started }) =>
    running.some((one) => one.pid === pid && one.started === started),
  );
}
