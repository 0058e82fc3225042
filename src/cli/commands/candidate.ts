import { Command } from 'commander';
import type { Erasure } from '../../candidates/erase';
import { confirm } from '../confirm';
import { EXIT, ExitError } from '../exit-codes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption, yesOption } from '../options';
import { pluralize } from '../../lib/pluralize';
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

function isEmpty({ candidates, applications, jobs }: Erasure): boolean {
  return candidates + applications + jobs === 0;
}

function noticeNothingLeft(io: Io, { id, erased_at }: Erasure): void {
  printNotice(
    io,
    `nothing was left to erase: the personal data of candidate ${JSON.stringify(id)} was erased at ${erased_at ?? ''}`,
  );
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
      const plan = isEmpty(preview) ? 'nothing is left to erase' : `would ${describeErasure(preview)}`;
      printNotice(io, `dry run: ${plan}; nothing was changed`);
      noticeActiveConversation(io, preview);
      await printRecord(io, preview, flags.output);
      return;
    }
    if (!isEmpty(preview) && !(await confirm(io, describeErasure(preview), flags.yes)))
      throw new ExitError(EXIT.failed);
    const erasure = await eraseCandidate(database, queue, id);
    if (isEmpty(erasure)) noticeNothingLeft(io, erasure);
    noticeActiveConversation(io, erasure);
    await printRecord(io, erasure, flags.output);
  });
}

/** Returns `conv candidate erase`. */
export function candidateCommand(io: Io): Command {
  const candidate = new Command('candidate');
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
