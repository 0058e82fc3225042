import { Command } from 'commander';
import type { ConversationDetails } from '../../conversations/show';
import type { Io } from '../io';
import { printLine } from '../io';
import { outputOption } from '../options';
import { printRecord, type Format } from '../output';
import { withDatabase } from '../stores';

/** What happened, as lines of time and words, oldest first. */
function timeLine({ application, events }: ConversationDetails): [string, string][] {
  const received: [string, string][] = application
    ? [[application.received_at, `application ${application.id} received`]]
    : [];
  const happened = events.map(({ created_at, type, data }): [string, string] => [
    created_at,
    'status' in data ? `${type}, ${String(data.status)}` : type,
  ]);
  return [...received, ...happened].sort(([a], [b]) => a.localeCompare(b));
}

function printStory(io: Io, story: ConversationDetails): void {
  const { conversation, candidate } = story;
  printLine(io, `conversation ${conversation.id}  ${conversation.status}`);
  printLine(io, `job          ${conversation.job_id}`);
  if (candidate && candidate.phone_number === null) {
    printLine(io, `candidate    ${candidate.id}, personal data erased at ${candidate.erased_at ?? ''}`);
  } else if (candidate) {
    printLine(io, `candidate    ${candidate.id}  ${candidate.first_name ?? ''} ${candidate.last_name ?? ''}`);
    printLine(io, `             ${candidate.phone_number ?? ''}  ${candidate.email_address ?? ''}`);
  }
  printLine(io, '');
  for (const [at, what] of timeLine(story)) printLine(io, `${at}  ${what}`);
}

async function show(io: Io, id: string, output: Format): Promise<void> {
  const { showConversation } = await import('../../conversations/show');
  const story = await withDatabase(io, (database) => showConversation(database, id));
  const { conversation, ...around } = story;
  if (output === 'table') printStory(io, story);
  else await printRecord(io, { ...conversation, ...around }, output);
}

/** `conv show` */
export function showCommand(io: Io): Command {
  return new Command('show')
    .description('one conversation with its candidate, application and events, as a time line')
    .argument('<id>', "the conversation's id")
    .addOption(outputOption())
    .action((id: string, flags: { output: Format }) => show(io, id, flags.output));
}
