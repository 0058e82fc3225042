import { Command, InvalidArgumentError, Option } from 'commander';
import { FEED_EVENT_TYPES, type FeedEvent, type FeedEventType } from '../../lib/domain';
import type { PushDeliveryStatus } from '../../events/push-deliveries';
import { ConvError } from '../../lib/errors';
import { isUuid } from '../../lib/ids';
import { DEFAULT_LIMIT } from '../../lists/page';
import { confirm } from '../confirm';
import { EXIT, ExitError, usageError } from '../exit-codes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { allOption, choicesOption, limitOption, outputOption, yesOption } from '../options';
import { printRows, type Format } from '../output';
import { collectRows, maxRows, type ListFlags } from '../pagination';
import { withDatabase, withPushQueue } from '../stores';

interface EventsFlags extends ListFlags {
  type?: FeedEventType[];
  after?: string;
  follow?: boolean;
}

interface DeliveriesFlags {
  status?: PushDeliveryStatus[];
  limit?: number;
  output: Format;
}

const EVENT_COLUMNS = ['created_at', 'type', 'id', 'subject'];
const DELIVERY_COLUMNS = ['id', 'type', 'status', 'attempts', 'last_error', 'delivered_at'];
const DELIVERY_STATUSES: PushDeliveryStatus[] = ['PENDING', 'DELIVERED', 'PARKED'];

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

async function listDeliveries(io: Io, { status, limit, output }: DeliveriesFlags): Promise<void> {
  const deliveries = await import('../../events/list-push-deliveries');
  const query = { status: status ?? DELIVERY_STATUSES, limit: limit ?? DEFAULT_LIMIT };
  const rows = await withDatabase(io, (database) => deliveries.listPushDeliveries(database, query));
  const emptyNotice = status
    ? `no deliveries with status ${status.join(' or ')} found`
    : 'no deliveries found: set EVENTS_URL and EVENTS_SECRET, and workers push events';
  await printRows(io, rows, { format: output, columns: DELIVERY_COLUMNS, emptyNotice });
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

/** Returns `conv events`, `conv events deliveries` and `conv events redeliver`. */
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
  events
    .command('deliveries')
    .description('List deliveries of events to EVENTS_URL, newest first')
    .addOption(choicesOption('--status <status>', 'Only deliveries with this status', DELIVERY_STATUSES))
    .addOption(limitOption())
    .addOption(outputOption())
    // `conv events` has --limit and -o too, and commander gives their values to the parent.
    .action((_flags: object, command: Command) => listDeliveries(io, command.optsWithGlobals()));
  events
    .command('redeliver')
    .description('Push parked events again, and resume pushing if a 410 paused it')
    .argument('[ids...]', 'Ids of the events (default: all parked events)')
    .addOption(yesOption())
    .action((ids: string[], flags: { yes?: boolean }) => redeliver(io, ids, flags.yes));
  return events;
}
