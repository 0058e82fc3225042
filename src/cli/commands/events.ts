import { Command, InvalidArgumentError, Option } from 'commander';
import { FEED_EVENT_TYPES, type FeedEvent, type FeedEventType } from '../../lib/domain';
import { isUuid } from '../../lib/ids';
import { usageError } from '../exit-codes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { allOption, choicesOption, limitOption, outputOption } from '../options';
import { printRows, type Format } from '../output';
import { collectRows, maxRows, type ListFlags } from '../pagination';
import { withDatabase } from '../stores';
import { pushCommands } from './pushes';

interface EventsFlags extends ListFlags {
  type?: FeedEventType[];
  after?: string;
  follow?: boolean;
}

const EVENT_COLUMNS = ['created_at', 'type', 'id', 'subject'];

/** A table shows the id of the event's conversation or application instead of all its data. */
function toRows(events: FeedEvent[], format: Format): object[] {
  return format === 'table' ? events.map((event) => ({ ...event, subject: event.data.id })) : events;
}

function parseEventId(value: string): string {
  if (!isUuid(value)) throw new InvalidArgumentError('Expected the id of an event.');
  return value;
}

async function list(io: Io, flags: EventsFlags): Promise<void> {
  const { readFeed } = await import('../../events/feed');
  const { assignPositions } = await import('../../events/position');
  const max = maxRows(flags);
  // The feed has a cursor also at its end, so one row more than is shown tells whether more exist.
  const { rows } = await withDatabase(io, (database) => {
    let after = flags.after ?? null;
    return collectRows<FeedEvent>(max + 1, async ({ limit }) => {
      await assignPositions(database); // Before each page, because one call numbers a limited number of events.
      const page = await readFeed(database, { after, types: flags.type, limit });
      after = page.next_cursor;
      return { data: page.data, next_cursor: page.data.length === limit ? page.next_cursor : null };
    });
  });
  const shown = rows.slice(0, max);
  await printRows(io, toRows(shown, flags.output), {
    format: flags.output,
    columns: EVENT_COLUMNS,
    emptyNotice: 'no events found: send an application with `conv send` to cause some',
  });
  if (rows.length > max && io.stdoutIsTerminal)
    printNotice(io, `${shown.length} shown, more exist: use --all or --after ${shown.at(-1)?.id ?? ''}`);
}

async function follow(io: Io, flags: EventsFlags): Promise<void> {
  if (flags.output === 'json')
    throw usageError('--follow cannot print a json array, because it has no end: use -o ndjson');
  if (flags.limit !== undefined)
    throw usageError('--follow cannot be combined with --limit: leave out one of them');
  const { followEvents } = await import('../follow-events');
  let header = true;
  await followEvents(io, { after: flags.after ?? null, types: flags.type }, async (events) => {
    const listing = { format: flags.output, columns: EVENT_COLUMNS, header, emptyNotice: '' };
    await printRows(io, toRows(events, flags.output), listing);
    header = false;
  });
}

/** Returns `conv events` and its commands about pushes. */
export function eventsCommand(io: Io): Command {
  const events = new Command('events')
    .description('List events, oldest first')
    .addOption(choicesOption('--type <type>', 'Only events of this type', FEED_EVENT_TYPES))
    .addOption(new Option('--after <id>', 'Only events after this one').argParser(parseEventId))
    .option('--follow', 'Print new events as they happen, until Ctrl-C')
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(outputOption())
    .action((flags: EventsFlags) => (flags.follow ? follow(io, flags) : list(io, flags)));
  for (const command of pushCommands(io)) events.addCommand(command);
  return events;
}
