import { Command } from 'commander';
import { appsCommand } from './commands/apps';
import { candidateCommand } from './commands/candidate';
import { dbCommand } from './commands/db';
import { demoCommand } from './commands/demo';
import { devCommand } from './commands/dev';
import { eventsCommand } from './commands/events';
import { listCommand } from './commands/list';
import { moveCommand } from './commands/move';
import { queueCommand } from './commands/queue';
import { replayCommand } from './commands/replay';
import { seedCommand } from './commands/seed';
import { sendCommand } from './commands/send';
import { showCommand } from './commands/show';
import { tokenCommand } from './commands/token';
import { errorLine, exitCodeOf } from './exit';
import { processIo, printNotice, type Io } from './io';

/** What every command shares. A command's own file imports what it needs only when it runs, so that --help is quick. */
const COMMANDS = [
  listCommand,
  showCommand,
  moveCommand,
  appsCommand,
  candidateCommand,
  eventsCommand,
  replayCommand,
  sendCommand,
  seedCommand,
  queueCommand,
  tokenCommand,
  dbCommand,
  devCommand,
  demoCommand,
];

/** Errors of usage are thrown and not exited on, in every command at every depth. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}

function createProgram(io: Io): Command {
  const program = new Command('conv')
    .description('applications in, conversations out: query, move, replay, seed and run conv')
    .showHelpAfterError('(conv --help shows what there is)');
  for (const create of COMMANDS) program.addCommand(create(io));
  throwInsteadOfExit(program);
  return program;
}

async function main(): Promise<void> {
  const io = processIo(process.env);
  // Whoever reads us may stop when they have enough (`conv list | head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    await createProgram(io).parseAsync(process.argv);
  } catch (error) {
    const line = errorLine(error);
    if (line !== null) printNotice(io, line);
    process.exitCode = exitCodeOf(error);
  }
}

void main();
