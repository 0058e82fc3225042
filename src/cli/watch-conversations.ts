import { matchesFilter, type ConversationFilter, type ConversationQuery } from '../conversations/filter';
import {
  CONVERSATION_STATUSES,
  type ConversationView,
  type FeedEvent,
  type FeedEventType,
} from '../lib/domain';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../lists/page';
import { createAppender } from './append-rows';
import type { Backend } from './backend/backend';
import { withBackend } from './backend/open-backend';
import { usageError } from './exit-codes';
import { followFeed } from './follow-feed';
import { printNotice, type Io } from './io';
import { assertEndless } from './options';
import { createOutageNotices } from './outage-notices';
import { printRows, type Listing } from './output';
import { collectRows, maxRows, noticeMore, type ListFlags } from './pagination';
import { redraw } from './redraw';

/** The lines of the screen that are not rows: heading, notice and cursor. */
const OTHER_LINES = 3;

function readRows({ conversations }: Backend, filter: ConversationFilter, max: number) {
  return collectRows(max, (page) => {
    const query: ConversationQuery = { ...filter, ...page, order: 'desc' };
    return conversations.list(query);
  });
}

/** Shows the newest conversations every second, as many as the terminal has lines for. */
function redrawConversations(
  io: Io,
  backend: Backend,
  filter: ConversationFilter,
  { limit = DEFAULT_LIMIT }: ListFlags,
  listing: Listing,
): Promise<never> {
  const maxShown = () => Math.min(limit, Math.max(1, (io.terminalHeight ?? Infinity) - OTHER_LINES));
  return redraw(
    io,
    backend.name,
    () => readRows(backend, filter, maxShown()),
    async ({ rows, hasMore }) => {
      await printRows(io, rows, listing);
      if (hasMore) printNotice(io, `${rows.length} shown, more exist`);
    },
  );
}

const TYPES: FeedEventType[] = ['conversation.created', 'conversation.updated'];

/** How far a conversation has come; a status never goes back. */
const progress = ({ status }: ConversationView) => CONVERSATION_STATUSES.indexOf(status);

/** Returns the conversations of events, without those that `printed` shows as they are or later. */
function newerThan(printed: ReadonlyMap<string, ConversationView>, events: FeedEvent[]): ConversationView[] {
  const conversations = events.flatMap(({ data }) => ('application_id' in data ? [data] : []));
  return conversations.filter((conversation) => {
    const before = printed.get(conversation.id);
    return before === undefined || progress(conversation) > progress(before);
  });
}

/**
 * Prints the newest conversations, oldest first, and then each new or changed one below. The events of conversations tell what
 * changes: the cursor is read before the list, so a change meanwhile is in the list, in the events, or in both.
 */
async function appendConversations(
  io: Io,
  backend: Backend,
  filter: ConversationFilter,
  flags: ListFlags,
  listing: Listing,
): Promise<never> {
  const append = createAppender(io, listing);
  const outages = createOutageNotices(io, backend.name);
  const start = await backend.events.read({ after: 'latest', types: TYPES, limit: MAX_LIMIT });
  const { rows, hasMore } = await readRows(backend, filter, maxRows(flags));
  outages.succeeded();
  await append(rows.toReversed());
  if (hasMore) noticeMore(io, flags, rows.length);
  const printed = new Map(rows.map((row) => [row.id, row]));
  const print = (events: FeedEvent[]) =>
    append(newerThan(printed, events).filter((conversation) => matchesFilter(filter, conversation)));
  await print(start.data);
  return followFeed(backend.events, outages, { after: start.next_cursor, types: TYPES }, print);
}

/**
 * Prints the conversations of a list and its changes until the process ends: a table on a terminal in the same place, else below.
 * @throws ConvError INVALID (exit 2) for flags that need an end
 */
export async function watchConversations(
  io: Io,
  filter: ConversationFilter,
  flags: ListFlags,
  listing: Omit<Listing, 'format'>,
): Promise<void> {
  const { output: format, all } = flags;
  const isRedrawn = io.stdoutIsTerminal && format === 'table';
  assertEndless('--watch', format);
  if (isRedrawn && all)
    throw usageError('--watch shows as many rows as the terminal has lines: leave out --all');
  const watch = isRedrawn ? redrawConversations : appendConversations;
  await withBackend(io, (backend) => watch(io, backend, filter, flags, { ...listing, format }));
}
