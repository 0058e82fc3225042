import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { withDeadline } from '../../src/lib/shutdown';

describe('withDeadline', () => {
  const never = new Promise<never>(() => undefined);

  it('is true where the work ended first', async () => {
    expect(await withDeadline(Promise.resolve('done'), 60_000)).toBe(true);
  });

  it('is false where the deadline came first', async () => {
    expect(await withDeadline(never, 1)).toBe(false);
  });

  it('fails as the work does', async () => {
    await expect(withDeadline(Promise.reject(new Error('broken')), 60_000)).rejects.toThrow('broken');
  });
});

describe('runUntilStopped', () => {
  const script = `
    const log = { info() {}, error() {}, flush: (done) => done() };
    const { runUntilStopped } = require(process.argv[1]);
    runUntilStopped(log, Number(process.argv[2]), eval(process.argv[3]));
    setInterval(() => undefined, 60_000);
    process.send('ready');`;
  const children: ChildProcess[] = [];
  afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

  /** A process that runs until it is stopped and then closes so. */
  async function start(close: string, deadlineMs = 60_000): Promise<ChildProcess> {
    const shutdown = join(__dirname, '../../dist/src/lib/shutdown.js');
    const child = spawn(process.execPath, ['-e', script, shutdown, String(deadlineMs), close], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    children.push(child);
    await once(child, 'message');
    return child;
  }

  async function codeOf(child: ChildProcess): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 at %s when everything is closed', async (signal) => {
    const child = await start('() => Promise.resolve()');
    child.kill(signal);
    expect(await codeOf(child)).toBe(0);
  });

  it('ends when its parent is gone', async () => {
    const child = await start('() => Promise.resolve()');
    child.disconnect();
    expect(await codeOf(child)).toBe(0);
  });

  it('ends with 1 where closing takes longer than the deadline', async () => {
    const child = await start('() => new Promise(() => undefined)', 1);
    child.kill('SIGTERM');
    expect(await codeOf(child)).toBe(1);
  });

  it('ends with 1 where closing fails', async () => {
    const child = await start('() => Promise.reject(new Error("stuck"))');
    child.kill('SIGTERM');
    expect(await codeOf(child)).toBe(1);
  });
});
