import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { configFolder, readTextOrNull, writePrivate } from '../../local/files';
import { usageError } from '../exit-codes';

/** A conv elsewhere, and the token to call it with. */
export interface SavedContext {
  /** Scheme, host and port. */
  url: string;
  /** `conv_…`; never printed. */
  token: string;
}

/** The contexts of a user by name, and the one in use. */
export interface ContextFile {
  /** Null if commands use the stores. */
  current: string | null;
  contexts: Record<string, SavedContext>;
}

/** The name that stands for the stores. */
export const LOCAL = 'local';

const NAME = /^[a-z0-9][a-z0-9_.-]{0,31}$/;

/** @throws ConvError INVALID (exit 2) for a name that no context can have */
export function assertContextName(name: string): void {
  if (name === LOCAL) throw usageError(`invalid name ${LOCAL}: it stands for the stores; choose another`);
  if (!NAME.test(name))
    throw usageError(
      `invalid name ${JSON.stringify(name)}: expected 1 to 32 lower-case letters, digits, hyphens, dots or underscores, such as prod`,
    );
}

const contextFile = (env: NodeJS.ProcessEnv): string => join(configFolder(env), 'contexts.json');

/** Reads the contexts of the user; none if there is no file. @throws Error that names a damaged file */
export async function readContexts(env: NodeJS.ProcessEnv): Promise<ContextFile> {
  const text = await readTextOrNull(contextFile(env));
  if (text === null) return { current: null, contexts: {} };
  try {
    return JSON.parse(text) as ContextFile;
  } catch (error) {
    throw new Error(
      `${contextFile(env)} is not valid JSON: remove it, and add the contexts again with \`conv context add\``,
      { cause: error },
    );
  }
}

/** Writes the contexts, readable only by the user: the file 0600, its folder 0700. */
export async function writeContexts(env: NodeJS.ProcessEnv, contexts: ContextFile): Promise<void> {
  const folder = configFolder(env);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700); // It may exist already.
  await writePrivate(contextFile(env), `${JSON.stringify(contexts, null, 2)}\n`);
}

/** Returns a context by name. @throws ConvError INVALID (exit 2) that names the known ones */
export function getContext({ contexts }: ContextFile, name: string): SavedContext {
  const context = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (context) return context;
  const known = Object.keys(contexts);
  const hint =
    known.length === 0 ? 'add one with `conv context add`' : `expected ${[...known, LOCAL].join(', ')}`;
  throw usageError(`there is no context ${JSON.stringify(name)}: ${hint}`);
}
