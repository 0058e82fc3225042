import { Command } from 'commander';
import type { Erasure } from '../../candidates/erase';
import { confirm } from '../confirm';
import { EXIT, Exit } from '../exit';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption } from '../options';
import { printRecord, type Format } from '../output';
import { withStores } from '../stores';

interface Flags {
  dryRun?: boolean;
  yes?: boolean;
  output: Format;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function whatOf({ id, candidates, applications, jobs }: Erasure): string {
  const parts = [
    counted(candidates, 'candidate record'),
    counted(applications, 'application'),
    counted(jobs, 'job'),
  ];
  return `erase the personal data of ${JSON.stringify(id)} for good: ${parts.join(', ')}`;
}

function tellWhatStays(io: Io, { id, active_conversation }: Erasure): void {
  if (active_conversation !== null)
    printNotice(io, `${id} has an active conversation, ${active_conversation}: \`conv move\` ends it`);
}

async function erase(io: Io, id: string, flags: Flags): Promise<void> {
  const { eraseCandidate, previewErasure } = await import('../../candidates/erase');
  await withStores(io, async (database, queue) => {
    const found = await previewErasure(database, queue, id);
    const what = whatOf(found);
    const nothing = found.candidates + found.applications + found.jobs === 0;
    if (flags.dryRun) {
      printNotice(io, `would ${what}; nothing was done`);
      await printRecord(io, found, flags.output);
      return;
    }
    if (!nothing && !(await confirm(io, what, flags.yes))) throw new Exit(EXIT.failed);
    const done = await eraseCandidate(database, queue, id);
    tellWhatStays(io, done);
    await printRecord(io, done, flags.output);
  });
}

/** `conv candidate erase` */
export function candidateCommand(io: Io): Command {
  const candidate = new Command('candidate').description('the people behind the applications');
  candidate
    .command('erase')
    .description('remove the personal data of a candidate everywhere; conversations and counts stay')
    .argument('<id>', "the candidate's id, as its sender chose it")
    .option('--dry-run', 'print exactly what would be erased, erase nothing')
    .option('--yes', 'do not ask')
    .addOption(outputOption())
    .action((id: string, flags: Flags) => erase(io, id, flags));
  return candidate;
}
