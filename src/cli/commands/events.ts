import { Command, InvalidArgumentError } from 'commander';
import { FEED_EVENT_TYPES, type FeedEventType, type FeedEvent } from '../../lib/domain';
import type { DeliveryStatus } from '../../events/push-deliveries';
import { ConvError } from '../../lib/errors';
import { isUuid } from '../../lib/ids';
import { confirm } from '../confirm';
import { EXIT, Exit, usage } from '../exit';
import type { Io } from '../io';
import { printNotice } from '../io';
import { outputOption, severalOf, wholeNumber } from '../options';
import { printRows, type Format } from '../output';
import { collect, DEFAULT_ROWS } from '../pages';
import { withDatabase, withPushQueue } from '../stores';

interface Flags {
  type?: FeedEventType[];
  after?: string;
  follow?: boolean;
  limit?: number;
  all?: boolean;
  output: Format;
}

const COLUMNS = ['created_at', 'type', 'id', 'subject'];
const DELIVERY_COLUMNS = ['id', 'type', 'status', 'attempts', 'last_error', 'delivered_at'];
const STATUSES: DeliveryStatus[] = ['PENDING', 'DELIVERED', 'PARKED'];

/** A table has room for whom it is about, not for all of it. */
function rowsOf(events: FeedEvent[], format: Format): object[] {
  return format === 'table' ? events.map((event) => ({ ...event, subject: event.data.id })) : events;
}

function eventId(value: string): string {
  if (!isUuid(value)) throw new InvalidArgumentError("Write an event's id.");
  return value;
}

async function list(io: Io, flags: Flags): Promise<void> {
  const { readFeed } = await import('../../events/feed');
  const { assignPositions } = await import('../../events/position');
  const wanted = flags.all ? Infinity : (flags.limit ?? DEFAULT_ROWS);
  // One more than is shown tells whether there are more.
  const { rows: found } = await withDatabase(io, (database) => {
    let after = flags.after ?? null;
    return collect<FeedEvent>(wanted + 1, async ({ limit }) => {
      await assignPositions(database); // Before each page: it places a portion, and there may be more than one.
      const page = await readFeed(database, { after, types: flags.type, limit });
      after = page.next_cursor;
      return { data: page.data, next_cursor: page.data.length === limit ? page.next_cursor : null };
    });
  });
  const rows = found.slice(0, wanted);
  const empty = 'no events: they come with conversations, see `conv send`';
  await printRows(io, rowsOf(rows, flags.output), { format: flags.output, columns: COLUMNS, empty });
  if (found.length > wanted && io.outIsTerminal)
    printNotice(io, `there are more: --all, or --after ${rows.at(-1)?.id ?? ''}`);
}

async function follow(io: Io, flags: Flags): Promise<void> {
  if (flags.output === 'json') throw usage('what never ends is no JSON array: follow with -o ndjson');
  if (flags.limit !== undefined) throw usage('--follow has no end, so no --limit');
  const { followEvents } = await import('../follow-events');
  let heading = true;
  await followEvents(io, { after: flags.after ?? null, types: flags.type }, async (events) => {
    const listing = { format: flags.output, columns: COLUMNS, heading, empty: '' };
    await printRows(io, rowsOf(events, flags.output), listing);
    heading = false;
  });
}

async function deliveries(
  io: Io,
  flags: { status?: DeliveryStatus[]; limit?: number; output: Format },
): Promise<void> {
  const { listDeliveries } = await import('../../events/list-push-deliveries');
  const query = { status: flags.status ?? STATUSES, limit: flags.limit ?? DEFAULT_ROWS };
  const rows = await withDatabase(io, (database) => listDeliveries(database, query));
  const empty = flags.status
    ? `no pushes that are ${flags.status.join(' or ')}`
    : 'nothing was pushed: workers do it where EVENTS_URL and EVENTS_SECRET are set';
  await printRows(io, rows, { format: flags.output, columns: DELIVERY_COLUMNS, empty });
}

async function redeliver(io: Io, ids: string[], yes: boolean | undefined): Promise<void> {
  const { findParkedDeliveries, resetDeliveries } = await import('../../events/list-push-deliveries');
  const { ensurePushes } = await import('../../queue/push');
  await withDatabase(io, async (database) => {
    const parked = await findParkedDeliveries(database);
    const chosen = ids.length === 0 ? parked : [...new Set(ids)];
    const unknown = chosen.find((id) => !parked.includes(id));
    if (unknown !== undefined) throw new ConvError('NOT_FOUND', `no push of an event ${unknown} is parked`);
    if (chosen.length > 1 && !(await confirm(io, `push ${chosen.length} events again`, yes)))
      throw new Exit(EXIT.failed);
    await withPushQueue(io, async (push) => {
      await resetDeliveries(database, chosen, { pending: await push.queue.isPaused() });
      await ensurePushes(push, chosen);
      await push.queue.resume();
    });
    printNotice(io, `pushing goes on; events sent again: ${chosen.length}`);
  });
}

/** `conv events`, `conv events deliveries` and `conv events redeliver` */
export function eventsCommand(io: Io): Command {
  const events = new Command('events')
    .description('what happened, oldest first')
    .option(
      '--type <type>',
      `${FEED_EVENT_TYPES.join(', ')}; several with commas`,
      severalOf(FEED_EVENT_TYPES),
    )
    .option('--after <id>', 'only what happened after this event', eventId)
    .option('--follow', 'and go on with what happens')
    .option('--limit <n>', 'at most so many (50)', wholeNumber(1, 1_000_000))
    .option('--all', 'all there are')
    .addOption(outputOption())
    .action((flags: Flags) => (flags.follow ? follow(io, flags) : list(io, flags)));
  events
    .command('deliveries')
    .description('how the pushes to EVENTS_URL stand, newest first')
    .option('--status <status>', 'PENDING, DELIVERED or PARKED; several with commas', severalOf(STATUSES))
    .option('--limit <n>', 'at most so many (50)', wholeNumber(1, 1_000_000))
    .addOption(outputOption())
    .action((_flags: object, command: Command) => deliveries(io, command.optsWithGlobals()));
  events
    .command('redeliver')
    .description('push parked events again, all or these; pushing goes on where a 410 had paused it')
    .argument('[ids...]', "events' ids")
    .option('--yes', 'do not ask')
    .action((ids: string[], flags: { yes?: boolean }) => redeliver(io, ids, flags.yes));
  return events;
}
