import { Command, InvalidArgumentError, Option } from 'commander';
import { FEED_EVENT_TYPES, type FeedEvent, type FeedEventType } from '../../lib/domain';
import type { PushDeliveryStatus } from '../../events/push-deliveries';
import { ConvError } from '../../lib/errors';
import { isUuid } from '../../lib/ids';
import { confirm } from '../confirm';
import { EXIT, ExitError, usageError } from '../exit-codes';
import { describeEmptyList } from '../filters';
import type { Io } from '../io';
import { printNotice } from '../io';
import { allOption, choicesOption, columnsOption, limitOption, outputOption, yesOption } from '../options';
import { printRows } from '../output';
import { chooseColumns, cutPage, printList, type ListFlags } from '../pagination';
import { DELIVERY, EVENT } from '../resources';
import { withDatabase, withPushQueue } from '../stores';

interface EventsFlags extends ListFlags {
  type?: FeedEventType[];
  after?: string;
  follow?: boolean;
}

interface DeliveriesFlags extends ListFlags {
  status?: PushDeliveryStatus[];
}

const DELIVERY_STATUSES: PushDeliveryStatus[] = ['PENDING', 'DELIVERED', 'PARKED'];

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

async function listDeliveries(io: Io, flags: DeliveriesFlags): Promise<void> {
  const { status } = flags;
  const emptyNotice = describeEmptyList(
    { status },
    {
      noun: 'deliveries',
      command: 'conv events deliveries',
      nothing: 'no deliveries found: set EVENTS_URL and EVENTS_SECRET, and workers push events',
    },
  );
  const listing = { ...chooseColumns(flags, DELIVERY), emptyNotice };
  const { listPushDeliveries } = await import('../../events/list-push-deliveries');
  await withDatabase(io, (database) =>
    printList(io, flags, listing, async ({ limit, cursor }) => {
      const query = { status: status ?? DELIVERY_STATUSES, limit: limit + 1, before: cursor };
      return cutPage(await listPushDeliveries(database, query), limit);
    }),
  );
}

async function redeliver(io: Io, ids: string[], yes: boolean | undefined): Promise<void> {
  const { listParkedEventIds, resetPushDeliveries } = await import('../../events/list-push-deliveries');
  const { ensurePushes } = await import('../../queue/push');
  await withDatabase(io, async (database) => {
    const parked = await listParkedEventIds(database);
    const chosen = ids.length === 0 ? parked : [...new Set(ids)];
    const unknown = chosen.find((id) => !parked.includes(id));
    if (unknown !== undefined)
      throw new ConvError(
        'NOT_FOUND',
        `event ${JSON.stringify(unknown)} has no parked delivery: see \`conv events deliveries --status PARKED\``,
      );
    if (chosen.length > 1 && !(await confirm(io, `push ${chosen.length} events again`, yes)))
      throw new ExitError(EXIT.failed);
    await withPushQueue(io, async (push) => {
      await resetPushDeliveries(database, chosen, { pending: await push.queue.isPaused() });
      await ensurePushes(push, chosen);
      await push.queue.resume();
    });
    printNotice(io, `pushing is on; parked events queued again: ${chosen.length}`);
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

/** Returns `conv events`, `conv events deliveries` and `conv events redeliver`. */
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
  events
    .command('deliveries')
    .description('List deliveries of events to EVENTS_URL, newest first')
    .addOption(choicesOption('--status <status>', 'Only deliveries with this status', DELIVERY_STATUSES))
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(columnsOption(DELIVERY))
    .addOption(outputOption())
    .action((flags: DeliveriesFlags) => listDeliveries(io, flags));
  events
    .command('redeliver')
    .description('Push parked events again, and resume pushing if a 410 paused it')
    .argument('[ids...]', 'Ids of the events (default: all parked events)')
    .addOption(yesOption())
    .action((ids: string[], flags: { yes?: boolean }) => redeliver(io, ids, flags.yes));
  return events;
}
