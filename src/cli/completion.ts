import type { Command, Option } from 'commander';
import { ChoicesOption } from './options';

/** What a shell offers after one command. */
export interface Completion {
  /** The command, for example `queue stats`; empty for `conv` itself. */
  path: string;
  /** Its subcommands. */
  subcommands: string[];
  flags: string[];
  /** The values of a flag, by each of its names; empty for a flag with a value of any kind. */
  values: [flag: string, values: readonly string[]][];
  /** The values of its arguments. */
  words: readonly string[];
  /** The command that prints the ids for its argument. */
  listIds: string | undefined;
}

/** The commands whose argument is an id, and the list of these ids. */
const ID_LISTS: Readonly<Record<string, string>> = {
  show: 'conv list -o ids',
  move: 'conv list -o ids',
  'apps show': 'conv apps list -o ids',
  'apps dismiss': 'conv apps list --status FAILED -o ids',
  'context use': 'conv context list -o ids',
  'context show': 'conv context list -o ids',
  'context remove': 'conv context list -o ids',
  'token revoke': 'conv token list -o ids',
};

function names({ short, long }: Option): string[] {
  return [short, long].filter((name) => name !== undefined);
}

function values(option: Option): readonly string[] {
  return option instanceof ChoicesOption ? option.values : (option.argChoices ?? []);
}

/** Returns what a shell offers after each command of the program. */
export function describeCompletions(command: Command, path: readonly string[] = []): Completion[] {
  const options = command.createHelp().visibleOptions(command);
  const withValue = options.filter((option) => option.required || option.optional);
  const own: Completion = {
    path: path.join(' '),
    subcommands: command.commands.map((subcommand) => subcommand.name()),
    flags: options.flatMap(names),
    values: withValue.flatMap((option) =>
      names(option).map((name): [string, readonly string[]] => [name, values(option)]),
    ),
    words: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    listIds: ID_LISTS[path.join(' ')],
  };
  const below = command.commands.map((subcommand) =>
    describeCompletions(subcommand, [...path, subcommand.name()]),
  );
  return [own, ...below.flat()];
}
