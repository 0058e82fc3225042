import { usageError } from '../exit-codes';
import type { Io } from '../io';
import { parseAddress } from './address';
import { LOCAL, getContext, readContexts, type SavedContext } from './context-file';

/** The conv that commands call over HTTP. */
export interface Context extends SavedContext {
  /** Null if CONV_URL and CONV_TOKEN name it. */
  name: string | null;
}

/** Returns a context as questions and errors name it. */
export function describeContext({ name, url }: Context): string {
  return name === null ? url : `${name} (${url})`;
}

/** Returns the settings that name the stores. */
function storeSettings(env: NodeJS.ProcessEnv): string[] {
  return ['DATABASE_URL', 'REDIS_URL'].filter((name) => (env[name] ?? '').trim() !== '');
}

/** Two systems are named, and a command must not guess which one is meant. */
function assertNoStores({ env }: Io, what: string, choices: string): void {
  const [setting] = storeSettings(env);
  if (setting !== undefined)
    throw usageError(
      `${what} and ${setting} both say which conv to use: pass ${choices} or --context ${LOCAL} for the stores, or unset one of them`,
    );
}

/** Returns the context that the environment names, or null. @throws ConvError INVALID (exit 2) if only half of it is set */
function contextOfEnv(io: Io): Context | null {
  const [url = '', token = ''] = ['CONV_URL', 'CONV_TOKEN'].map((name) => io.env[name]?.trim());
  if (url === '') return null; // A token alone is for `conv context add`.
  if (token === '') throw usageError('CONV_URL is set without CONV_TOKEN: set it to a token, conv_…');
  assertNoStores(io, 'CONV_URL', '--context NAME for a context,');
  return { name: null, url: parseAddress(url, 'CONV_URL'), token };
}

async function contextInUse(io: Io): Promise<Context | null> {
  const file = await readContexts(io.env);
  const { current: name } = file;
  if (name === null) return null;
  const context = getContext(file, name);
  assertNoStores(io, `the context ${name}`, `--context ${name}`);
  return { name, ...context };
}

/**
 * Returns the context of a command; null if it uses the stores. The first that is set decides: `--context` (CONV_CONTEXT),
 * CONV_URL with CONV_TOKEN, the context in use.
 * @throws ConvError INVALID (exit 2) for an unknown name, or if a context and the address of a store are both set
 */
export async function findContext(io: Io): Promise<Context | null> {
  const name = io.env['CONV_CONTEXT']?.trim() ?? '';
  if (name === LOCAL) return null;
  if (name !== '') return { name, ...getContext(await readContexts(io.env), name) };
  return contextOfEnv(io) ?? contextInUse(io);
}

/**
 * Refuses a command that works on the stores while a context is in use, so that it does not take other stores unasked.
 * @throws ConvError INVALID (exit 2) with the next step
 */
export async function assertStoresInUse(io: Io): Promise<void> {
  const context = await findContext(io);
  if (context)
    throw usageError(
      `this command needs PostgreSQL and Redis, and ${describeContext(context)} is in use: pass --context ${LOCAL} to run it on the stores`,
    );
}
