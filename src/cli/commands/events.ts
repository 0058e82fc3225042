import { Command, InvalidArgumentError, Option } from 'commander';
import { FEED_EVENT_TYPES, type FeedEvent, type FeedEventType } from '../../lib/domain';
import { isUuid } from '../../lib/ids';
import { MAX_LIMIT } from '../../lists/page';
import { createAppender } from '../append-rows';
import { withBackend } from '../backend/open-backend';
import { usageError } from '../exit-codes';
import { describeEmptyList } from '../filters';
import type { Io } from '../io';
import {
  allOption,
  assertEndless,
  choicesOption,
  columnsOption,
  limitOption,
  outputOption,
  parseInteger,
  sinceOption,
} from '../options';
import { createOutageNotices } from '../outage-notices';
import { printRows } from '../output';
import { chooseColumns, cutPage, printList, type ListFlags } from '../pagination';
import { EVENT } from '../resources';
import { pushCommands } from './pushes';

interface EventsFlags extends ListFlags {
  type?: FeedEventType[];
  after?: string;
  since?: Date;
  /** How many of the newest events. */
  tail?: number;
  follow?: boolean;
}

const MAX_TAIL = 10_000;
/** The flags that choose other events than the newest ones. */
const OTHER_STARTS = ['after', 'since', 'limit', 'all'];

/** A table shows the id of the event's conversation or application instead of all its data; csv can show it too. */
function toRows(events: FeedEvent[], { output }: EventsFlags): (FeedEvent & { subject?: string })[] {
  const hasColumns = output === 'table' || output === 'csv';
  return hasColumns ? events.map((event) => ({ ...event, subject: event.data.id })) : events;
}

function parseEventId(value: string): string {
  if (!isUuid(value)) throw new InvalidArgumentError('Expected the id of an event.');
  return value;
}

const EMPTY = {
  noun: 'events',
  command: 'conv events',
  nothing: 'no events found: send an application with `conv send` to cause some',
};

async function list(io: Io, flags: EventsFlags): Promise<void> {
  const { type, after, since } = flags;
  const listing = {
    ...chooseColumns(flags, EVENT),
    emptyNotice: describeEmptyList({ type, after, since }, EMPTY),
  };
  await withBackend(io, ({ events }) =>
    printList(io, flags, listing, async ({ limit, cursor }) => {
      const query = { after: cursor ?? after ?? null, since, types: type, limit: limit + 1 };
      return cutPage(toRows((await events.read(query)).data, flags), limit);
    }),
  );
}

async function listNewest(io: Io, flags: EventsFlags, tail: number): Promise<void> {
  const { type: types, output: format } = flags;
  const emptyNotice = describeEmptyList({ type: types }, EMPTY);
  const listing = { ...chooseColumns(flags, EVENT), format, emptyNotice };
  const query = { after: null, tail, types, limit: tail };
  const { data } = await withBackend(io, ({ events }) => events.read(query));
  await printRows(io, toRows(data, flags), listing);
}

/** Starts with the events after this moment, if no flag names another start. */
async function follow(io: Io, flags: EventsFlags): Promise<void> {
  assertEndless('--follow', flags.output);
  const { type: types, after = null, since, all, tail } = flags;
  const append = createAppender(io, { ...chooseColumns(flags, EVENT), format: flags.output });
  const print = (events: FeedEvent[]) => append(toRows(events, flags));
  const { followFeed } = await import('../follow-feed');
  await withBackend(io, async ({ events, name }) => {
    const outages = createOutageNotices(io, name);
    if (after !== null || since || all) return followFeed(events, outages, { after, since, types }, print);
    const start = tail === undefined ? { after: 'latest' } : { after: null, tail };
    const { data, next_cursor } = await events.read({ ...start, types, limit: tail ?? MAX_LIMIT });
    outages.succeeded();
    await print(data);
    return followFeed(events, outages, { after: next_cursor, types }, print);
  });
}

function run(io: Io, { latest, ...rest }: EventsFlags & { latest?: boolean }): Promise<void> {
  const flags = latest ? { ...rest, tail: 1 } : rest;
  if (flags.follow) return follow(io, flags);
  return flags.tail === undefined ? list(io, flags) : listNewest(io, flags, flags.tail);
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
    .enablePositionalOptions()
    .hook('preSubcommand', refuseMisplacedFlags)
    .addOption(choicesOption('--type <type>', 'Only events of this type', FEED_EVENT_TYPES))
    .addOption(new Option('--after <id>', 'Only events after this one').argParser(parseEventId))
    .addOption(sinceOption('events that happened').conflicts('after'))
    .addOption(
      new Option('--tail <n>', 'Only the newest ones, as many as this')
        .argParser(parseInteger(1, MAX_TAIL))
        .conflicts(OTHER_STARTS),
    )
    .addOption(
      new Option('--latest', 'Only the newest one, as --tail 1').conflicts(['tail', ...OTHER_STARTS]),
    )
    .addOption(
      new Option(
        '--follow',
        'Print new events as they happen, until Ctrl-C: from now on, or from where --after, --since, --tail, --latest or --all begin',
      ).conflicts('limit'),
    )
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(columnsOption(EVENT))
    .addOption(outputOption())
    .action((flags: EventsFlags) => run(io, flags));
  for (const command of pushCommands(io)) events.addCommand(command);
  return events;
}
