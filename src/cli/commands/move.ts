import { Argument, Command } from 'commander';
import type { ConversationStatus } from '../../lib/domain';
import { withBackend } from '../backend/open-backend';
import type { Io } from '../io';
import { outputOption, parseChoice } from '../options';
import { printRecord, type Format } from '../output';

/** The statuses that a conversation can move to. */
const TARGETS: ConversationStatus[] = ['ONGOING', 'COMPLETED'];

async function move(io: Io, id: string, status: ConversationStatus, output: Format): Promise<void> {
  const moved = await withBackend(io, ({ conversations }) => conversations.move(id, status));
  await printRecord(io, moved, output);
}

/** Returns `conv move`. */
export function moveCommand(io: Io): Command {
  return new Command('move')
    .argument('<id>', 'Id of the conversation')
    .addArgument(new Argument('<status>', 'The next status').choices(TARGETS).argParser(parseChoice(TARGETS)))
    .addOption(outputOption())
    .action((id: string, status: ConversationStatus, flags: { output: Format }) =>
      move(io, id, status, flags.output),
    );
}
