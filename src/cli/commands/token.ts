import { Command, Option } from 'commander';
import { SCOPES, type Scope } from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import { usageError } from '../exit-codes';
import type { Io } from '../io';
import { printNotice } from '../io';
import { choicesOption, columnsOption, outputOption, parseFutureTime } from '../options';
import { printRecord, printRows, type Format } from '../output';
import { chooseColumns, type ListFlags } from '../pagination';
import { TOKEN } from '../resources';
import { withDatabase } from '../stores';

interface CreateFlags {
  name: string;
  scope: Scope[];
  sender?: string;
  expires?: Date;
  output: Format;
}

type ListTokensFlags = Pick<ListFlags, 'columns' | 'output'>;

async function create(io: Io, { name, scope, sender, expires, output }: CreateFlags): Promise<void> {
  const { createToken } = await import('../../tokens/token');
  const { checkSenderName } = await import('../../tokens/sender-names');
  const { parseSenders } = await import('../../lib/senders');
  const senders = scope.includes('applications:write') ? parseSenders(io.env['WEBHOOK_SECRETS'] ?? '') : [];
  const refusal = checkSenderName({ name, sender: sender ?? null }, senders);
  if (refusal !== null) throw usageError(refusal);
  const created = await withDatabase(io, (database) =>
    createToken(database, { name, scopes: scope, sender, expiresAt: expires ?? null }),
  );
  await printRecord(io, created, output);
  if (io.stdoutIsTerminal) printNotice(io, 'copy the token now: it is not shown again');
}

async function list(io: Io, flags: ListTokensFlags): Promise<void> {
  const columns = chooseColumns(flags, TOKEN);
  const { listTokens } = await import('../../tokens/token');
  const rows = await withDatabase(io, listTokens);
  const emptyNotice =
    'no tokens found: create one with `conv token create --name NAME --scope conversations:read`';
  await printRows(io, rows, { ...columns, format: flags.output, emptyNotice });
}

async function revoke(io: Io, id: string, output: Format): Promise<void> {
  const { revokeToken } = await import('../../tokens/token');
  const revoked = await withDatabase(io, (database) => revokeToken(database, id));
  if (!revoked)
    throw new ConvError('NOT_FOUND', `token ${JSON.stringify(id)} does not exist: see \`conv token list\``);
  await printRecord(io, revoked, output);
}

/** Returns `conv token create`, `conv token list` and `conv token revoke`. */
export function tokenCommand(io: Io): Command {
  const token = new Command('token');
  token
    .command('create')
    .description('Create a token and print it; it is not shown again')
    .requiredOption('--name <name>', 'Name of the system that uses the token')
    .addOption(choicesOption('--scope <scope>', 'What the token allows', SCOPES).makeOptionMandatory())
    .option('--sender <name>', 'The system whose applications the token sends; its name begins their ids')
    .addOption(
      new Option('--expires <time>', 'When the token expires, for example 90d or 2030-01-31').argParser(
        parseFutureTime,
      ),
    )
    .addOption(outputOption())
    .action((flags: CreateFlags) => create(io, flags));
  token
    .command('list')
    .description('List tokens, newest first, without their secrets')
    .addOption(columnsOption(TOKEN))
    .addOption(outputOption())
    .action((flags: ListTokensFlags) => list(io, flags));
  token
    .command('revoke')
    .description('Revoke a token; every process refuses it within seconds')
    .argument('<id>', 'Id of the token')
    .addOption(outputOption())
    .action((id: string, flags: { output: Format }) => revoke(io, id, flags.output));
  return token;
}
