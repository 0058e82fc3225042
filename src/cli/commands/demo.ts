import { Command } from 'commander';
import type { Io } from '../io';
import { printLine } from '../io';

async function demo(io: Io): Promise<void> {
  const { homeFolder, readDevFile } = await import('../../local/dev-file');
  const { tellStory } = await import('../demo-story');
  const running = await readDevFile(homeFolder(io.env, io.cwd));
  if (running) return tellStory(io, running);
  printLine(io, 'No local stack is running, so one is started for the demo.');
  const { startLocalStack } = await import('../local-stack');
  const report = (part: string, detail: string) => printLine(io, `  ${part}: ${detail}`);
  const stack = await startLocalStack(io, { port: 0, logLevel: 'warn', report });
  try {
    await tellStory(io, stack.dev);
  } finally {
    await stack.stop();
  }
}

/** `conv demo` */
export function demoCommand(io: Io): Command {
  return new Command('demo')
    .description('the whole story with sample events against the local stack, printed')
    .action(() => demo(io));
}
