import { Command } from 'commander';
import { version } from '../../package.json';
import { appsCommand } from './commands/apps';
import { candidateCommand } from './commands/candidate';
import { dbCommand } from './commands/db';
import { demoCommand } from './commands/demo';
import { devCommand } from './commands/dev';
import { doctorCommand } from './commands/doctor';
import { eventsCommand } from './commands/events';
import { listCommand } from './commands/list';
import { moveCommand } from './commands/move';
import { queueCommand } from './commands/queue';
import { reconcileCommand } from './commands/reconcile';
import { replayCommand } from './commands/replay';
import { seedCommand } from './commands/seed';
import { sendCommand } from './commands/send';
import { showCommand } from './commands/show';
import { tokenCommand } from './commands/token';
import { EXIT, errorLine, exitCode } from './exit-codes';
import { printNotice, type Io } from './io';

/** In the order of the help. A command imports what it needs only when it runs, so that `conv --help` is quick. */
const COMMANDS = [
  listCommand,
  showCommand,
  moveCommand,
  appsCommand,
  candidateCommand,
  eventsCommand,
  replayCommand,
  reconcileCommand,
  sendCommand,
  seedCommand,
  queueCommand,
  tokenCommand,
  dbCommand,
  doctorCommand,
  devCommand,
  demoCommand,
];

/** Makes commander throw instead of exit, write to `io`, and point to the help; commands that are added inherit nothing. */
function configure(command: Command, io: Io, path: string): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .helpOption('-h, --help', 'Show this help');
  const reason = command.parent === null ? 'for the list of commands' : 'for its usage';
  command.showHelpAfterError(`Run \`${path} --help\` ${reason}.`);
  if (command.commands.length > 0) command.helpCommand('help [command]', 'Show the help of a command');
  for (const subcommand of command.commands) configure(subcommand, io, `${path} ${subcommand.name()}`);
}

function createProgram(io: Io): Command {
  const program = new Command('conv')
    .description('Query, move, replay and seed job applications and conversations, and run conv locally')
    .version(version, '-V, --version', 'Print the version');
  for (const createCommand of COMMANDS) program.addCommand(createCommand(io));
  configure(program, io, 'conv');
  return program;
}

/**
 * Runs one command line. Prints errors on `io.stderr` and never throws.
 * @param args the arguments after `conv`
 * @returns the exit code
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  try {
    await createProgram(io).parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    const line = errorLine(error);
    if (line !== null) printNotice(io, line);
    return exitCode(error);
  }
}
