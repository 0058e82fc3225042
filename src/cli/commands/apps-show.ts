import { Command } from 'commander';
import { describeAdvice } from '../advice';
import { withBackend } from '../backend/open-backend';
import { printNotice, type Io } from '../io';
import { outputOption } from '../options';
import { printRecord, type Format } from '../output';

async function show(io: Io, id: string, output: Format): Promise<void> {
  // The other formats have the fields of the API only.
  const isAsked = output === 'table';
  const shown = await withBackend(io, ({ applications }) => applications.show(id, isAsked));
  await printRecord(io, { ...shown.application, ...shown.dismissal }, output);
  const advice = describeAdvice(shown);
  if (advice !== null) printNotice(io, advice);
}

/** Returns `conv apps show`. */
export function showApplicationCommand(io: Io): Command {
  return new Command('show')
    .description('Show one application, waiting or processed, and what to do if it has no conversation')
    .argument('<id>', 'Id of the application, as its sender chose it')
    .addOption(outputOption())
    .action((id: string, flags: { output: Format }) => show(io, id, flags.output));
}
