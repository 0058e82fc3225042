import { setTimeout as wait } from 'node:timers/promises';
import type { FaultKind } from './fault-kinds';
import type { ManagedProcess } from './managed-process';
import type { TestSystem } from './system';

type Group = 'webs' | 'workers';

const QUERY_DELAY_MS = 200;
/** How wrong the clock of a web may be. Signatures are refused at five minutes. */
const CLOCKS_OFF_MS = [-240_000, -60_000, 60_000, 240_000];

/** Delays the responses of PostgreSQL, so that the process surely has work in progress. */
async function keepBusy({ toPostgres }: ManagedProcess): Promise<void> {
  toPostgres.delay(QUERY_DELAY_MS);
  await wait(2 * QUERY_DELAY_MS);
}

export function kill(group: Group): FaultKind['inject'] {
  return async (system, { target }) => {
    const member = system[group][target] as ManagedProcess;
    await keepBusy(member);
    await member.signal('SIGKILL');
    member.toPostgres.restore();
    await member.restarted();
  };
}

async function restartCleanly({ deaths }: TestSystem, member: ManagedProcess): Promise<void> {
  await keepBusy(member);
  await member.signal('SIGTERM');
  const how = await member.ended();
  member.toPostgres.restore();
  if (how !== '0') deaths.push(`${member.name} ended with ${how} after SIGTERM`);
  await member.restarted();
}

export function terminate(group: Group): FaultKind['inject'] {
  return (system, { target }) => restartCleanly(system, system[group][target] as ManagedProcess);
}

/** Restarts a web as if its machine had another clock. */
export async function setClock(
  system: TestSystem,
  { target, choice }: { target: number; choice: number },
): Promise<void> {
  const member = system.webs[target] as ManagedProcess;
  const index = Math.floor(choice * 2 * CLOCKS_OFF_MS.length) % CLOCKS_OFF_MS.length;
  member.setClock(CLOCKS_OFF_MS[index] ?? 0);
  await restartCleanly(system, member);
}

export function pauseMember(group: Group): FaultKind['inject'] {
  return async (system, { target, lastsMs }) => {
    const member = system[group][target] as ManagedProcess;
    await keepBusy(member);
    await member.signal('SIGSTOP');
    await wait(lastsMs);
    await member.signal('SIGCONT');
    member.toPostgres.restore();
  };
}

/** Kills one of the processes that a web with WEB_CONCURRENCY has started; the web replaces it. */
export async function killOneOfCluster(
  { webs }: TestSystem,
  { target, choice }: { target: number; choice: number },
): Promise<void> {
  const member = webs[target] as ManagedProcess;
  await keepBusy(member);
  await member.killChild(choice);
  member.toPostgres.restore();
}
