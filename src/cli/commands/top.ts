import { Command, Option } from 'commander';
import type { Io } from '../io';
import { TOP_FORMATS, type TopFormat } from '../top/formats';

async function top(io: Io, { output }: { output: TopFormat }): Promise<void> {
  const { runTop } = await import('../top/run');
  await runTop(io, output);
}

/** Returns `conv top`. */
export function topCommand(io: Io): Command {
  return new Command('top')
    .addOption(
      new Option('-o, --output <format>', 'Output format; json is one reading')
        .choices(TOP_FORMATS)
        .default('table'),
    )
    .action((flags: { output: TopFormat }) => top(io, flags));
}
