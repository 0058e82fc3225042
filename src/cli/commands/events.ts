import { Command, InvalidArgumentError, Option } from 'commander';
import { FEED_EVENT_TYPES, type FeedEvent, type FeedEventType } from '../../lib/domain';
import { isUuid } from '../../lib/ids';
import { usageError } from '../exit-codes';
import { describeEmptyList } from '../filters';
import type { Io } from '../io';
import { allOption, choicesOption, columnsOption, limitOption, outputOption } from '../options';
import { printRows } from '../output';
import { chooseColumns, cutPage, printList, type ListFlags } from '../pagination';
import { EVENT } from '../resources';
import { withDatabase } from '../stores';
import { pushCommands } from './pushes';

interface EventsFlags extends ListFlags {
  type?: FeedEventType[];
  after?: string;
  follow?: boolean;
}

/** A table shows the id of the event's conversation or application instead of all its data; csv can show it too. */
function toRows(events: FeedEvent[], { output }: EventsFlags): (FeedEvent & { subject?: string })[] {
  const hasColumns = output === 'table' || output === 'csv';
  return hasColumns ? events.map((event) => ({ ...event, subject: event.data.id })) : events;
}

function parseEventId(value: string): string {
  if (!isUuid(value)) throw new InvalidArgumentError('Expected the id of an event.');
  return value;
}

async function list(io: Io, flags: EventsFlags): Promise<void> {
  const { type, after } = flags;
  const emptyNotice = describeEmptyList(
    { type, after },
    {
      noun: 'events',
      command: 'conv events',
      nothing: 'no events found: send an application with `conv send` to cause some',
    },
  );
  const listing = { ...chooseColumns(flags, EVENT), emptyNotice };
  const { readFeed } = await import('../../events/feed');
  const { assignPositions } = await import('../../events/position');
  await withDatabase(io, (database) =>
    printList(io, flags, listing, async ({ limit, cursor }) => {
      await assignPositions(database); // Before each page, because one call numbers a limited number of events.
      const query = { after: cursor ?? after ?? null, types: type, limit: limit + 1 };
      return cutPage(toRows((await readFeed(database, query)).data, flags), limit);
    }),
  );
}

async function follow(io: Io, flags: EventsFlags): Promise<void> {
  if (flags.output === 'json')
    throw usageError('--follow cannot print a json array, because it has no end: use -o ndjson');
  if (flags.limit !== undefined)
    throw usageError('--follow cannot be combined with --limit: leave out one of them');
  const columns = chooseColumns(flags, EVENT);
  const { followEvents } = await import('../follow-events');
  let header = true;
  await followEvents(io, { after: flags.after ?? null, types: flags.type }, async (events) => {
    const listing = { ...columns, format: flags.output, header, emptyNotice: '' };
    await printRows(io, toRows(events, flags), listing);
    header = false;
  });
}

/** `conv events` and its subcommands have flags of the same name, so a flag belongs behind the command that it is for. */
function refuseMisplacedFlags(events: Command, subcommand: Command): void {
  const misplaced = events.options.find(
    (option) => events.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (misplaced)
    throw usageError(`put ${misplaced.long ?? misplaced.flags} after \`conv events ${subcommand.name()}\``);
}

/** Returns `conv events` and its commands about pushes. */
export function eventsCommand(io: Io): Command {
  const events = new Command('events')
    .description('List events, oldest first')
    .enablePositionalOptions()
    .hook('preSubcommand', refuseMisplacedFlags)
    .addOption(choicesOption('--type <type>', 'Only events of this type', FEED_EVENT_TYPES))
    .addOption(new Option('--after <id>', 'Only events after this one').argParser(parseEventId))
    .option('--follow', 'Print new events as they happen, until Ctrl-C')
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(columnsOption(EVENT))
    .addOption(outputOption())
    .action((flags: EventsFlags) => (flags.follow ? follow(io, flags) : list(io, flags)));
  for (const command of pushCommands(io)) events.addCommand(command);
  return events;
}
