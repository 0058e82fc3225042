import { Command } from 'commander';
import type { FoundApplication } from '../../applications/search';
import { ConvError, isOutage } from '../../lib/errors';
import { usageError } from '../exit-codes';
import { outputText, printLine, printNotice, type Io } from '../io';
import { allOption, columnsOption, limitOption, outputOption } from '../options';
import { printRows } from '../output';
import { pluralize } from '../../lib/pluralize';
import { chooseColumns, maxRows, noticeMore, type ListFlags } from '../pagination';
import { FOUND } from '../resources';
import { withDatabase, withQueue } from '../stores';

/** Returns the applications that only the queue knows. While Redis is unavailable, `stored` is all that is found. */
async function findQueued(
  io: Io,
  text: string,
  stored: readonly FoundApplication[],
): Promise<FoundApplication[]> {
  const { searchQueue } = await import('../../applications/search-queue');
  try {
    const { found, unsearched } = await withQueue(io, (queue) => searchQueue(queue, text));
    if (unsearched > 0)
      printNotice(io, `${pluralize(unsearched, 'application')} in the queue can be found by their id only`);
    return found.filter(({ id }) => !stored.some((application) => application.id === id));
  } catch (error) {
    if (stored.length === 0 || !(error instanceof ConvError) || !isOutage(error)) throw error;
    printNotice(io, `conv: applications that wait in the queue were not searched: ${error.detail}`);
    return [];
  }
}

/** The columns of a candidate's table on a terminal, where the candidate is its heading. */
const COLUMNS = [
  'id',
  'status',
  'reason',
  'job_id',
  'received_at',
  'conversation_status',
  'conversation_created_at',
];

function describePerson({ candidate_id, ...person }: FoundApplication): string {
  const { first_name, last_name, phone_number, email_address } = person;
  const name = first_name && last_name && `${first_name} ${last_name}`;
  return [candidate_id, name, phone_number, email_address].filter(Boolean).join('  ');
}

/** Prints a table for each candidate. */
async function printCandidates(io: Io, found: readonly FoundApplication[]): Promise<void> {
  const { groupByCandidate } = await import('../../applications/search');
  for (const [n, group] of groupByCandidate(found).entries()) {
    const [first] = group;
    if (n > 0) printLine(io, '');
    if (first) printLine(io, outputText(io, describePerson(first)));
    await printRows(io, group, { format: 'table', columns: COLUMNS, emptyNotice: '' });
  }
}

async function find(io: Io, text: string, flags: ListFlags): Promise<void> {
  if (text.trim() === '') throw usageError('the text to find is blank');
  const columns = chooseColumns(flags, FOUND);
  const max = maxRows(flags);
  const { searchApplications } = await import('../../applications/search');
  const stored = await withDatabase(io, (database) => searchApplications(database, text, max + 1), {
    withoutTimeLimit: flags.all === true,
  });
  const found = [...(await findQueued(io, text, stored)), ...stored];
  if (found.length === 0)
    throw new ConvError(
      'NOT_FOUND',
      `nothing found for ${JSON.stringify(text)}: run \`conv find --help\` for what can be found`,
    );
  const shown = found.slice(0, max);
  if (flags.output === 'table' && io.stdoutIsTerminal && !flags.columns) await printCandidates(io, shown);
  else await printRows(io, shown, { format: flags.output, ...columns, emptyNotice: '' });
  if (found.length > max) noticeMore(io, flags, max);
}

const HELP = `
TEXT is one of:
  id             of an application, a candidate, a conversation or a job
  phone number   with its country code, in any form ('+1 (415) 555-2671'), or
                 at least its last seven digits ('415 555 2671', '0171 1234567')
  email address  in upper or lower case
  name           the beginning of the first or last name, or both (jane, 'doe j')

Applications that wait in the queue are found too.`;

/** Returns `conv find`. */
export function findCommand(io: Io): Command {
  return new Command('find')
    .argument('<text>', 'What to find; put -- before a text that starts with a hyphen')
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(columnsOption(FOUND))
    .addOption(outputOption())
    .addHelpText('after', HELP)
    .action((text: string, flags: ListFlags) => find(io, text, flags));
}
