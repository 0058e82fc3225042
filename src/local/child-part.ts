import { fork } from 'node:child_process';
import { lastLines } from './files';
import { endChild, endOf, type Life } from './life';

const READY_MS = 60_000;

export interface ChildProgram {
  name: string;
  script: string;
  env: NodeJS.ProcessEnv;
  /** How long the child may take for its orderly end. */
  stopMs: number;
  /** Whether the child serves at the address that it told with its readiness; `over` says that it has ended since. */
  answers(url: string | undefined, over: () => boolean): Promise<boolean>;
}

interface ReadyMessage {
  ready: true;
  url?: string;
}

function isReady(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'ready' in message && message.ready === true;
}

/**
 * Runs one of our own scripts as a child in a session of its own (Ctrl-C must reach it through us, in our order)
 * that tells over IPC when it is ready, and ends by itself when the channel closes.
 */
export function launchChild(program: ChildProgram): Life {
  const { name, script, env, stopMs } = program;
  const child = fork(script, [], { env, detached: true, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  const ended = endOf(child);
  let said = '';
  let over = false;
  void ended.then(() => (over = true));
  child.stderr?.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-4_000);
    process.stderr.write(data);
  });
  const told = new Promise<ReadyMessage>((resolve) => {
    child.on('message', (message) => {
      if (isReady(message)) resolve(message);
    });
  });

  async function ready(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`not ready within ${READY_MS / 1000} s`), READY_MS);
    });
    const served = told.then(async ({ url }) =>
      (await program.answers(url, () => over)) ? null : `${url} does not answer`,
    );
    const fault = await Promise.race([served, ended, late]).finally(() => clearTimeout(timer));
    if (fault === null) return;
    throw new Error(`${name} did not start (${fault})${said === '' ? '' : `:\n${lastLines(said, 8)}`}`);
  }

  return { ready, ended, stop: () => endChild(child, ended, ['SIGTERM', 'SIGKILL'], stopMs) };
}
