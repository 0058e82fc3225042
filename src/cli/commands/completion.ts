import { Argument, Command } from 'commander';
import type { Io } from '../io';
import { printLine } from '../io';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

async function printCompletion(io: Io, shell: Shell, program: Command): Promise<void> {
  const { describeCompletions } = await import('../completion');
  const { completionScript } = await import('../completion-scripts');
  printLine(io, completionScript(shell, describeCompletions(program)));
}

/** Returns `conv completion`. */
export function completionCommand(io: Io): Command {
  return new Command('completion')
    .addArgument(new Argument('<shell>', 'Your shell').choices(SHELLS))
    .action((shell: Shell, _flags: object, command: Command) =>
      printCompletion(io, shell, command.parent ?? command),
    );
}
