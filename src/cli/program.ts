import { Command } from 'commander';
import { version } from '../../package.json';
import { appsCommand } from './commands/apps';
import { candidateCommand } from './commands/candidate';
import { completionCommand } from './commands/completion';
import { dbCommand } from './commands/db';
import { demoCommand } from './commands/demo';
import { devCommand } from './commands/dev';
import { doctorCommand } from './commands/doctor';
import { eventsCommand } from './commands/events';
import { findCommand } from './commands/find';
import { helpCommand } from './commands/help';
import { listCommand } from './commands/list';
import { moveCommand } from './commands/move';
import { queueCommand } from './commands/queue';
import { reconcileCommand } from './commands/reconcile';
import { replayCommand } from './commands/replay';
import { seedCommand } from './commands/seed';
import { sendCommand } from './commands/send';
import { showCommand } from './commands/show';
import { tokenCommand } from './commands/token';
import { formatExamples } from './examples';
import { EXIT, errorLine, exitCode } from './exit-codes';
import { printNotice, type Io } from './io';

/** By group, in the order of the help. A command imports what it needs only when it runs, so that `conv --help` is quick. */
const COMMANDS = {
  Query: [findCommand, listCommand, showCommand, appsCommand, eventsCommand],
  Repair: [moveCommand, replayCommand, reconcileCommand, candidateCommand],
  Operate: [doctorCommand, queueCommand, sendCommand],
  'Set up': [tokenCommand, dbCommand, devCommand, demoCommand, seedCommand, completionCommand, helpCommand],
};

/** Makes commander throw instead of exit, write to `io`, and point to the help; commands that are added inherit nothing. */
function configure(command: Command, io: Io, path: string[]): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .helpOption('-h, --help', 'Show this help')
    .addHelpText('after', formatExamples(path.join(' ')));
  const reason = command.parent === null ? 'for the list of commands' : 'for its usage';
  command.showHelpAfterError(`Run \`${['conv', ...path].join(' ')} --help\` ${reason}.`);
  if (command.parent === null)
    command.helpCommand(false); // Replaced by helpCommand, which knows subcommands.
  else if (command.commands.length > 0) command.helpCommand('help [command]', 'Show the help of a command');
  for (const subcommand of command.commands) configure(subcommand, io, [...path, subcommand.name()]);
}

/** Returns all commands of `conv`. */
export function createProgram(io: Io): Command {
  const program = new Command('conv')
    .description('Query, move, replay and seed job applications and conversations, and run conv locally')
    .version(version, '-V, --version', 'Print the version')
    .enablePositionalOptions(); // Each flag belongs to the command before it: `conv events` and its subcommands share names.
  for (const [group, commands] of Object.entries(COMMANDS))
    for (const createCommand of commands) program.addCommand(createCommand(io).helpGroup(`${group}:`));
  configure(program, io, []);
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
