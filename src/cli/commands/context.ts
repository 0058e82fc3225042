import { Command } from 'commander';
import type { Io } from '../io';
import { outputOption } from '../options';
import { printRows, type Format } from '../output';
import { CONTEXT } from '../resources';

interface OutputFlags {
  output: Format;
}

async function list(io: Io, { output }: OutputFlags): Promise<void> {
  const { readContexts } = await import('../context/context-file');
  const { current, contexts } = await readContexts(io.env);
  const rows = Object.entries(contexts).map(([id, { url }]) => ({ id, url, in_use: id === current }));
  const emptyNotice = 'no contexts: commands use the stores; add a conv elsewhere with `conv context add`';
  await printRows(io, rows, { format: output, ...CONTEXT, emptyNotice });
}

/** Returns `conv context`. */
export function contextCommand(io: Io): Command {
  const context = new Command('context');
  context
    .command('add')
    .description('Add a conv elsewhere, or replace one, after checking its address and token')
    .argument('<name>', 'Its name, for example prod')
    .requiredOption('--url <url>', 'Its address, for example https://conv.example.com')
    .option('--token <token>', 'Token, conv_…; - reads it from standard input (default: CONV_TOKEN)')
    .action(async (name: string, flags: { url: string; token?: string }) => {
      const { addContext } = await import('../context/change-contexts');
      await addContext(io, name, flags);
    });
  context
    .command('use')
    .description('Let all commands use a context; local stands for the stores')
    .argument('<name>', 'Name of the context, or local')
    .action(async (name: string) => {
      const { useContext } = await import('../context/change-contexts');
      await useContext(io, name);
    });
  context
    .command('list')
    .description('List the contexts')
    .addOption(outputOption())
    .action((flags: OutputFlags) => list(io, flags));
  context
    .command('show')
    .description('Show what commands use now, and what its token may do')
    .argument('[name]', 'Name of another context')
    .addOption(outputOption())
    .action(async (name: string | undefined, flags: OutputFlags) => {
      const { showContext } = await import('../context/show-context');
      await showContext(io, name, flags.output);
    });
  context
    .command('remove')
    .description('Remove a context and its token')
    .argument('<name>', 'Name of the context')
    .action(async (name: string) => {
      const { removeContext } = await import('../context/change-contexts');
      await removeContext(io, name);
    });
  return context;
}
