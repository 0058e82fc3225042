import { Command } from 'commander';
import type { EventSpan } from '../../events/redeliver-by-time';
import { PUSH_DELIVERY_STATUSES, type PushDeliveryStatus } from '../../lib/domain';
import { ConvError, isOutage } from '../../lib/errors';
import type { Database } from '../../models/connect';
import { confirm } from '../confirm';
import { EXIT, ExitError, usageError } from '../exit-codes';
import { describeEmptyList } from '../filters';
import type { Io } from '../io';
import { printNotice } from '../io';
import {
  allOption,
  choicesOption,
  columnsOption,
  limitOption,
  outputOption,
  sinceOption,
  untilOption,
  yesOption,
} from '../options';
import { chooseColumns, cutPage, printList, type ListFlags } from '../pagination';
import { describePause } from '../pause-notice';
import { DELIVERY } from '../resources';
import { pluralize } from '../../lib/pluralize';
import { withDatabase, withPushQueue } from '../stores';

interface DeliveriesFlags extends ListFlags {
  status?: PushDeliveryStatus[];
}

interface RedeliverFlags {
  since?: Date;
  until?: Date;
  yes?: boolean;
  dryRun?: boolean;
}

/** Says on standard error if pushing is paused. The list itself needs no Redis. */
async function noticePause(io: Io): Promise<void> {
  try {
    const pause = await withPushQueue(io, ({ queue }) => queue.getPause());
    if (pause) printNotice(io, `${describePause('pushing', pause)}; run \`conv events resume\``);
  } catch (error) {
    if (!isOutage(error)) throw error;
    printNotice(io, `conv: unknown whether pushing is paused: ${(error as ConvError).detail}`);
  }
}

async function list(io: Io, flags: DeliveriesFlags): Promise<void> {
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
      const query = { status: status ?? PUSH_DELIVERY_STATUSES, limit: limit + 1, after: cursor };
      return cutPage(await listPushDeliveries(database, query), limit);
    }),
  );
  await noticePause(io);
}

/** Returns the parked events to send again: those with these ids, or all. */
async function selectParked(database: Database, ids: string[]): Promise<string[]> {
  const { listParkedEventIds } = await import('../../events/list-push-deliveries');
  const parked = await listParkedEventIds(database);
  const unknown = ids.find((id) => !parked.includes(id));
  if (unknown !== undefined)
    throw new ConvError(
      'NOT_FOUND',
      `event ${JSON.stringify(unknown)} has no parked delivery: see \`conv events deliveries --status PARKED\``,
    );
  return ids.length === 0 ? parked : [...new Set(ids)];
}

/** Asks before several events are pushed again. Returns false for a dry run, which says what would be done. */
async function mayRedeliver(io: Io, count: number, note: string, flags: RedeliverFlags): Promise<boolean> {
  const action = `push ${pluralize(count, 'event')} again${note}`;
  if (flags.dryRun) printNotice(io, `dry run: would ${action}; nothing was changed`);
  else if (count > 1 && !(await confirm(io, action, flags.yes))) throw new ExitError(EXIT.failed);
  return !flags.dryRun;
}

async function redeliver(io: Io, ids: string[], flags: RedeliverFlags): Promise<void> {
  const { redeliverParked, resumePushing } = await import('../redelivery');
  await withDatabase(io, async (database) => {
    const chosen = await selectParked(database, ids);
    if (chosen.length === 0) printNotice(io, 'no event is parked: see `conv events deliveries`');
    if (!(await mayRedeliver(io, chosen.length, '', flags))) return;
    await withPushQueue(io, async (push) => {
      await redeliverParked(database, push, chosen);
      await resumePushing(database, push);
    });
    printNotice(io, `pushing is on; parked events queued again: ${chosen.length}`);
  });
}

async function redeliverByTime(io: Io, span: EventSpan, flags: RedeliverFlags): Promise<void> {
  const { isPushingOn } = await import('../../events/switch-pushing-on');
  const { measureSpan, redeliverSpan } = await import('../../events/redeliver-by-time');
  const { ensurePushes } = await import('../../queue/push');
  await withDatabase(io, async (database) => {
    if (!(await isPushingOn(database)))
      throw new ConvError(
        'CONFLICT',
        'pushing is not switched on: set EVENTS_URL and EVENTS_SECRET for the workers',
      );
    const found = await measureSpan(database, span);
    const note = ` (${found.delivered.toLocaleString('en')} of them were delivered already)`;
    if (!(await mayRedeliver(io, found.count, note, flags))) return;
    await withPushQueue(io, async (push) => {
      await redeliverSpan(database, span, found, (eventIds) => ensurePushes(push, eventIds));
    });
    printNotice(io, `events queued: ${found.count}`);
  });
  await noticePause(io);
}

async function redeliverChosen(io: Io, ids: string[], flags: RedeliverFlags): Promise<void> {
  const { since, until } = flags;
  if (since === undefined && until === undefined) return redeliver(io, ids, flags);
  if (ids.length > 0) throw usageError('pass either ids or a time (--since, --until), not both');
  return redeliverByTime(io, { since: since ?? null, until: until ?? null }, flags);
}

async function resume(io: Io): Promise<void> {
  const { resumePushes } = await import('../resume');
  await resumePushes(io);
}

/** Returns `deliveries`, `redeliver` and `resume`, the commands of `conv events` about pushes to EVENTS_URL. */
export function pushCommands(io: Io): Command[] {
  const deliveries = new Command('deliveries')
    .description('List deliveries of events to EVENTS_URL: failing ones first, oldest first; then the newest')
    .addOption(choicesOption('--status <status>', 'Only deliveries with this status', PUSH_DELIVERY_STATUSES))
    .addOption(limitOption())
    .addOption(allOption())
    .addOption(columnsOption(DELIVERY))
    .addOption(outputOption())
    .action((flags: DeliveriesFlags) => list(io, flags));
  const redeliveries = new Command('redeliver')
    .description('Push parked events again and resume pushing; with a time, push all events of that time')
    .argument('[ids...]', 'Ids of parked events (default: all parked events)')
    .addOption(sinceOption('events created'))
    .addOption(untilOption('events created'))
    .option('--dry-run', 'Say how many events would be pushed again, and push nothing')
    .addOption(yesOption())
    .action((ids: string[], flags: RedeliverFlags) => redeliverChosen(io, ids, flags));
  const resuming = new Command('resume')
    .description('Resume pushing after a 410 or `conv queue pause push`')
    .action(() => resume(io));
  return [deliveries, redeliveries, resuming];
}
