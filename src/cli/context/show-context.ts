import { inContext } from '../backend/http/in-context';
import { printNotice, type Io } from '../io';
import { printRecord, type Format } from '../output';
import { describeMissingScopes, readToken } from './check-context';
import { getContext, readContexts } from './context-file';
import { findContext, type Context } from './find-context';

async function findNamed(io: Io, name: string): Promise<Context> {
  return { name, ...getContext(await readContexts(io.env), name) };
}

/**
 * Prints a context and what its token may do; without a name the one that commands use.
 * @throws ConvError INVALID for an unknown name; NOT_AUTHENTIC; NOT_READY
 */
export async function showContext(io: Io, name: string | undefined, output: Format): Promise<void> {
  const context = name === undefined ? await findContext(io) : await findNamed(io, name);
  if (!context) {
    printNotice(io, 'commands use the stores: DATABASE_URL and REDIS_URL, or else the local stack');
    return;
  }
  const token = await inContext(context, () => readToken(context));
  const { name: token_name, scopes, sender, expires_at } = token;
  const record = { id: context.name, url: context.url, token_name, scopes, sender, expires_at };
  await printRecord(io, record, output);
  if (output === 'table') for (const line of describeMissingScopes(token)) printNotice(io, line);
}
