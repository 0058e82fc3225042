import { Command } from 'commander';
import { EXIT, ExitError } from '../exit-codes';
import type { Finding } from '../doctor/finding';
import type { Io } from '../io';
import { outputText, printLine, printNotice } from '../io';
import { outputOption } from '../options';
import { FORMATS, printRows, type Format } from '../output';
import { FINDING } from '../resources';

/** Prints a table that fits the terminal, and below it what is not ok in full: a remedy that is cut off helps nobody. */
async function printOnTerminal(io: Io, findings: readonly Finding[]): Promise<void> {
  const columns = FINDING.columns.filter((column) => column !== 'remedy');
  await printRows(io, findings, { format: 'table', columns, emptyNotice: '' });
  for (const { level, name, detail, remedy } of findings) {
    if (remedy === null) continue;
    printLine(io, '');
    printLine(io, outputText(io, `${level}: ${name}: ${detail}`));
    printLine(io, outputText(io, `  ${remedy}`));
  }
}

async function diagnose(io: Io, output: Format): Promise<void> {
  const { runChecks } = await import('../doctor/run-checks');
  const findings = await runChecks(io);
  if (output === 'table' && io.stdoutIsTerminal) await printOnTerminal(io, findings);
  else await printRows(io, findings, { format: output, ...FINDING, emptyNotice: '' });
  const count = (level: string) => findings.filter((finding) => finding.level === level).length;
  printNotice(io, `faults: ${count('fault')}, warnings: ${count('warning')}`);
  if (count('fault') > 0) throw new ExitError(EXIT.failed);
}

/** Returns `conv doctor`. */
export function doctorCommand(io: Io): Command {
  return new Command('doctor')
    .addOption(outputOption().choices(FORMATS.filter((format) => format !== 'ids')))
    .action((flags: { output: Format }) => diagnose(io, flags.output));
}
