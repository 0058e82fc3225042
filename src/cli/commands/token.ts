import { Command } from 'commander';
import { SCOPES, type Scope } from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import type { Io } from '../io';
import { printNotice } from '../io';
import { inFuture, outputOption, severalOf } from '../options';
import { printRecord, printRows, type Format } from '../output';
import { withDatabase } from '../stores';

interface CreateFlags {
  name: string;
  scope: Scope[];
  expires?: Date;
  output: Format;
}

async function create(io: Io, { name, scope, expires, output }: CreateFlags): Promise<void> {
  const { createToken } = await import('../../tokens/token');
  const created = await withDatabase(io, (database) =>
    createToken(database, { name, scopes: scope, expiresAt: expires ?? null }),
  );
  await printRecord(io, created, output);
  if (io.outIsTerminal) printNotice(io, 'this is the only time that the token is shown');
}

async function list(io: Io, output: Format): Promise<void> {
  const { listTokens } = await import('../../tokens/token');
  const rows = await withDatabase(io, listTokens);
  const columns = ['id', 'name', 'scopes', 'created_at', 'expires_at', 'revoked_at'];
  const empty = 'no tokens: make one with `conv token create --name NAME --scope conversations:read`';
  await printRows(io, rows, { format: output, columns, empty });
}

async function revoke(io: Io, id: string, output: Format): Promise<void> {
  const { revokeToken } = await import('../../tokens/token');
  const revoked = await withDatabase(io, (database) => revokeToken(database, id));
  if (!revoked)
    throw new ConvError('NOT_FOUND', `there is no token ${JSON.stringify(id)}: see conv token list`);
  await printRecord(io, revoked, output);
}

/** `conv token create`, `list` and `revoke` */
export function tokenCommand(io: Io): Command {
  const token = new Command('token').description('API tokens');
  token
    .command('create')
    .description('make a token; it is shown this once')
    .requiredOption('--name <name>', 'whose it is')
    .requiredOption('--scope <scope>', `${SCOPES.join(', ')}; several with commas`, severalOf(SCOPES))
    .option('--expires <time>', 'ends after 90d, 12h or at an ISO time', inFuture)
    .addOption(outputOption())
    .action((flags: CreateFlags) => create(io, flags));
  token
    .command('list')
    .description('every token, without its secret')
    .addOption(outputOption())
    .action((flags: { output: Format }) => list(io, flags.output));
  token
    .command('revoke')
    .description('end a token; every process refuses it within seconds')
    .argument('<id>', "the token's id")
    .addOption(outputOption())
    .action((id: string, flags: { output: Format }) => revoke(io, id, flags.output));
  return token;
}
