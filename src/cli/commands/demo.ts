import { Command } from 'commander';
import type { Io } from '../io';
import { printLine } from '../io';

async function demo(io: Io): Promise<void> {
  const { homeFolder, readDevFile } = await import('../../local/dev-file');
  const { runDemo } = await import('../demo-steps');
  const running = await readDevFile(homeFolder(io.env, io.cwd));
  if (running) return runDemo(io, running);
  printLine(io, 'No local stack is running. Starting one for the demo:');
  const { startLocalStack } = await import('../local-stack');
  const report = (part: string, event: string) => printLine(io, `  ${part}: ${event}`);
  const stack = await startLocalStack(io, { port: 0, logLevel: 'warn', report });
  try {
    await runDemo(io, stack.dev);
  } finally {
    await stack.stop();
  }
}

/** Returns `conv demo`. */
export function demoCommand(io: Io): Command {
  return new Command('demo').action(() => demo(io));
}
