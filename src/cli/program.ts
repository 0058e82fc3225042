import { Command } from 'commander';
import { version } from '../../package.json';
import { COMMAND_LIST, type CommandEntry } from './command-list';
import { formatExamples } from './examples';
import { EXIT, errorLine, exitCode, usageError } from './exit-codes';
import { printNotice, type Io } from './io';

/** The commands that describe all others. */
const NEED_ALL = ['completion', 'help'];

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

const commandName = ({ usage }: CommandEntry): string => usage.split(' ', 1).join();

const USAGES = new Map(
  Object.values(COMMAND_LIST).flatMap((list) => list.map((one) => [commandName(one), one.usage])),
);

/** Returns `conv` with the commands that are needed; of the others it knows the names and descriptions. */
async function assembleProgram(io: Io, isNeeded: (name: string) => boolean): Promise<Command> {
  const program = new Command('conv')
    .description('Query, move, replay and seed job applications and conversations, and run conv locally')
    .version(version, '-V, --version', 'Print the version')
    .option('--context <name>', 'Use this context, or local for the stores; before or behind any command')
    .configureHelp({ subcommandTerm: (command) => USAGES.get(command.name()) ?? command.name() })
    .enablePositionalOptions(); // Each flag belongs to the command before it: `conv events` and its subcommands share names.
  for (const [group, entries] of Object.entries(COMMAND_LIST))
    for (const entry of entries) {
      const name = commandName(entry);
      const command = isNeeded(name) ? (await entry.load())(io) : new Command(name);
      program.addCommand(command.description(entry.description).helpGroup(`${group}:`));
    }
  configure(program, io, []);
  return program;
}

/** Returns all commands of `conv`. */
export function createProgram(io: Io): Promise<Command> {
  return assembleProgram(io, () => true);
}

/** Returns the program for one command line. */
function programFor(args: readonly string[], io: Io): Promise<Command> {
  const first = args.find((arg) => !arg.startsWith('-')) ?? '';
  return NEED_ALL.includes(first) ? createProgram(io) : assembleProgram(io, (name) => name === first);
}

/**
 * Returns the arguments without `--context NAME`, which may stand before or behind any command, and that name.
 * @throws ConvError INVALID (exit 2) if the name is missing
 */
function takeContext(args: readonly string[]): { rest: string[]; context?: string } {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const at = args.findIndex((arg, n) => n < end && (arg === '--context' || arg.startsWith('--context=')));
  const flag = args[at];
  if (flag === undefined) return { rest: [...args] };
  const isSeparate = flag === '--context';
  const context = isSeparate ? args[at + 1] : flag.slice('--context='.length);
  if (!context) throw usageError('--context needs the name of a context, or local');
  return { rest: args.toSpliced(at, isSeparate ? 2 : 1), context };
}

/**
 * Runs one command line. Prints errors on `io.stderr` and never throws.
 * @param args the arguments after `conv`
 * @returns the exit code
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  try {
    const { rest, context } = takeContext(args);
    if (context !== undefined) io.env = { ...io.env, CONV_CONTEXT: context };
    const program = await programFor(rest, io);
    await program.parseAsync(rest, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    const line = errorLine(error);
    if (line !== null) printNotice(io, line);
    return exitCode(error);
  }
}
