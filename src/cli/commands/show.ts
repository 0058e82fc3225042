import { Command } from 'commander';
import type { ConversationDetails } from '../../conversations/show';
import type { DueDelivery } from '../../events/application-deliveries';
import { withBackend } from '../backend/open-backend';
import { colorStatus } from '../colors';
import type { Io } from '../io';
import { outputText, printLine } from '../io';
import { outputOption } from '../options';
import { printRecord, printRows, type Format } from '../output';

/** Returns pairs of time and description, oldest first. */
function buildTimeline({ application, events }: ConversationDetails): [time: string, text: string][] {
  const received: [string, string][] = application
    ? [[application.received_at, `application ${application.id} received`]]
    : [];
  const happened = events.map(({ created_at, type, data }): [string, string] => [
    created_at,
    'status' in data ? `${type}, ${data.status}` : type,
  ]);
  return [...received, ...happened].sort(([a], [b]) => a.localeCompare(b));
}

function printDetails(io: Io, details: ConversationDetails): void {
  const { conversation, candidate } = details;
  const print = (line: string) => printLine(io, outputText(io, line));
  const { id, status, job_id, candidate_id } = conversation;
  printLine(io, `conversation ${id}  ${colorStatus(io, status)}`);
  print(`job          ${job_id}`);
  if (candidate && candidate.phone_number === null) {
    print(`candidate    ${candidate.id}, personal data erased at ${candidate.erased_at ?? ''}`);
  } else if (candidate) {
    print(`candidate    ${candidate.id}  ${candidate.first_name ?? ''} ${candidate.last_name ?? ''}`);
    print(`             ${candidate.phone_number ?? ''}  ${candidate.email_address ?? ''}`);
  } else print(`candidate    ${candidate_id}`);
  print('');
  for (const [time, text] of buildTimeline(details)) print(`${time}  ${text}`);
}

const DELIVERY_COLUMNS = ['type', 'status', 'attempts', 'next_attempt_at', 'last_error', 'delivered_at'];

async function printDeliveries(io: Io, deliveries: readonly DueDelivery[]): Promise<void> {
  printLine(io, '');
  await printRows(io, deliveries, {
    format: 'table',
    columns: DELIVERY_COLUMNS,
    emptyNotice:
      'none of these events is pushed yet: they are older than pushing, or no worker has queued them',
  });
}

async function show(io: Io, id: string, output: Format): Promise<void> {
  const { deliveries, ...details } = await withBackend(io, ({ conversations }) => conversations.show(id));
  const { conversation, ...related } = details;
  if (output === 'table') {
    printDetails(io, details);
    if (deliveries) await printDeliveries(io, deliveries);
  } else await printRecord(io, { ...conversation, ...related, ...(deliveries && { deliveries }) }, output);
}

/** Returns `conv show`. */
export function showCommand(io: Io): Command {
  return new Command('show')
    .argument('<id>', 'Id of the conversation')
    .addOption(outputOption())
    .action((id: string, flags: { output: Format }) => show(io, id, flags.output));
}
