import { Command } from 'commander';
import type { Erasure } from '../../candidates/erase';
import { confirm } from '../confirm';
import { EXIT, ExitError } from '../exit-codes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption, yesOption } from '../options';
import { pluralize } from '../pluralize';
import { printRecord, type Format } from '../output';
import { withStores } from '../stores';

interface Flags {
  dryRun?: boolean;
  yes?: boolean;
  output: Format;
}

function describeErasure({ id, candidates, applications, jobs }: Erasure): string {
  const counts = [
    pluralize(candidates, 'candidate record'),
    pluralize(applications, 'application'),
    pluralize(jobs, 'queued job'),
  ];
  return `erase the personal data of candidate ${JSON.stringify(id)} permanently (${counts.join(', ')})`;
}

function noticeActiveConversation(io: Io, { id, active_conversation }: Erasure): void {
  if (active_conversation !== null)
    printNotice(
      io,
      `candidate ${JSON.stringify(id)} still has the active conversation ${active_conversation}: complete it with \`conv move\``,
    );
}

async function erase(io: Io, id: string, flags: Flags): Promise<void> {
  const { eraseCandidate, previewErasure } = await import('../../candidates/erase');
  await withStores(io, async (database, queue) => {
    const preview = await previewErasure(database, queue, id);
    if (flags.dryRun) {
      printNotice(io, `dry run: would ${describeErasure(preview)}; nothing was changed`);
      await printRecord(io, preview, flags.output);
      return;
    }
    const isErased = preview.candidates + preview.applications + preview.jobs === 0;
    if (!isErased && !(await confirm(io, describeErasure(preview), flags.yes)))
      throw new ExitError(EXIT.failed);
    const erasure = await eraseCandidate(database, queue, id);
    noticeActiveConversation(io, erasure);
    await printRecord(io, erasure, flags.output);
  });
}

/** Returns `conv candidate erase`. */
export function candidateCommand(io: Io): Command {
  const candidate = new Command('candidate').description('Erase the personal data of candidates');
  candidate
    .command('erase')
    .description('Erase the personal data of a candidate everywhere; conversations and counts stay')
    .argument('<id>', 'Id of the candidate, as its sender chose it')
    .option('--dry-run', 'Print exactly what would be erased, and erase nothing')
    .addOption(yesOption())
    .addOption(outputOption())
    .action((id: string, flags: Flags) => erase(io, id, flags));
  return candidate;
}
