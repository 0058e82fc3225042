import { text } from 'node:stream/consumers';
import { usageError } from '../exit-codes';
import { printNotice, type Io } from '../io';
import { inContext } from '../backend/http/in-context';
import { parseAddress } from './address';
import { describeMissingScopes, readToken } from './check-context';
import { LOCAL, assertContextName, getContext, readContexts, writeContexts } from './context-file';

/** A token has no character that a header could not hold. */
const TOKEN = /^[!-~]+$/;

async function readTokenFlag(io: Io, flag = io.env['CONV_TOKEN']): Promise<string> {
  if (flag === undefined)
    throw usageError('no token: pass --token - and the token on standard input, or set CONV_TOKEN');
  const token = (flag === '-' ? await text(io.stdin) : flag).trim();
  if (TOKEN.test(token)) return token;
  throw usageError('invalid token: expected one line with conv_ and letters and digits');
}

/**
 * Adds or replaces a context, after conv has accepted its token. Says what does not work with that token.
 * @throws ConvError INVALID for a wrong name, address or token; NOT_AUTHENTIC; NOT_READY. Then nothing is stored
 */
export async function addContext(
  io: Io,
  name: string,
  flags: { url: string; token?: string },
): Promise<void> {
  assertContextName(name);
  const context = { url: parseAddress(flags.url, '--url'), token: await readTokenFlag(io, flags.token) };
  const token = await inContext({ name, ...context }, () => readToken(context));
  const file = await readContexts(io.env);
  await writeContexts(io.env, { ...file, contexts: { ...file.contexts, [name]: context } });
  printNotice(io, `added ${name} (${context.url}) with the token ${JSON.stringify(token.name)}`);
  for (const line of describeMissingScopes(token)) printNotice(io, line);
  if (file.current !== name)
    printNotice(io, `use it with \`conv context use ${name}\`, or for one command with --context ${name}`);
}

/** Lets commands use a context, or the stores. @throws ConvError INVALID for an unknown name */
export async function useContext(io: Io, name: string): Promise<void> {
  const file = await readContexts(io.env);
  if (name === LOCAL) {
    await writeContexts(io.env, { ...file, current: null });
    printNotice(io, 'commands use the stores: DATABASE_URL and REDIS_URL, or else the local stack');
    return;
  }
  const { url } = getContext(file, name);
  await writeContexts(io.env, { ...file, current: name });
  printNotice(io, `commands use ${name} (${url}); go back with \`conv context use ${LOCAL}\``);
}

/** Removes a context. If it was in use, commands use the stores. @throws ConvError INVALID for an unknown name */
export async function removeContext(io: Io, name: string): Promise<void> {
  const { current, contexts } = await readContexts(io.env);
  getContext({ current, contexts }, name);
  const others = Object.fromEntries(Object.entries(contexts).filter(([other]) => other !== name));
  await writeContexts(io.env, { current: current === name ? null : current, contexts: others });
  printNotice(io, `removed ${name}${current === name ? '; commands use the stores' : ''}`);
}
