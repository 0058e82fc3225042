import { Command } from 'commander';
import type { ConversationStatus } from '../../lib/domain';
import type { Io } from '../io';
import { oneOf, outputOption } from '../options';
import { printRecord, type Format } from '../output';
import { withDatabase } from '../stores';

async function move(io: Io, id: string, status: ConversationStatus, output: Format): Promise<void> {
  const { moveConversation } = await import('../../conversations/move');
  const moved = await withDatabase(io, (database) => moveConversation(database, id, status));
  await printRecord(io, moved, output);
}

/** `conv move` */
export function moveCommand(io: Io): Command {
  return new Command('move')
    .description('move a conversation one step on')
    .argument('<id>', "the conversation's id")
    .argument('<status>', 'ONGOING or COMPLETED', oneOf<ConversationStatus>(['ONGOING', 'COMPLETED']))
    .addOption(outputOption())
    .action((id: string, status: ConversationStatus, flags: { output: Format }) =>
      move(io, id, status, flags.output),
    );
}
