import { Command } from 'commander';
import { EXIT, ExitError } from '../exit-codes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption } from '../options';
import { FORMATS, printRows, type Format } from '../output';
import { FINDING } from '../resources';

async function diagnose(io: Io, output: Format): Promise<void> {
  const { runChecks } = await import('../doctor/run-checks');
  const findings = await runChecks(io);
  await printRows(io, findings, { format: output, ...FINDING, emptyNotice: '' });
  const count = (level: string) => findings.filter((finding) => finding.level === level).length;
  printNotice(io, `faults: ${count('fault')}, warnings: ${count('warning')}`);
  if (count('fault') > 0) throw new ExitError(EXIT.failed);
}

/** Returns `conv doctor`. */
export function doctorCommand(io: Io): Command {
  return new Command('doctor')
    .description(
      'Check PostgreSQL, Redis, the schema, the queues and the settings; exit 1 if there is a fault',
    )
    .addOption(outputOption().choices(FORMATS.filter((format) => format !== 'ids')))
    .action((flags: { output: Format }) => diagnose(io, flags.output));
}
