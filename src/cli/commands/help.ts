import { Command } from 'commander';

/** Returns the command with these names, for example `queue stats`. Exits with 2 for an unknown one. */
function findCommand(program: Command, names: readonly string[]): Command {
  return names.reduce((command, name) => {
    const found = command.commands.find((subcommand) => subcommand.name() === name);
    return found ?? command.error(`error: unknown command '${name}'`, { code: 'commander.unknownCommand' });
  }, program);
}

/** Returns `conv help`, which also takes a subcommand: commander's own prints the help of its group instead. */
export function helpCommand(): Command {
  return new Command('help')
    .argument('[command...]', 'The command, for example queue stats')
    .action((names: string[], _flags: object, command: Command) => {
      if (command.parent) findCommand(command.parent, names).help();
    });
}
