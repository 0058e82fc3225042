import { parseSecret, splitSecrets } from './signature';

/** A system that signs applications. */
export interface Sender {
  /** Null if senders have no names: then they share one set of ids. */
  name: string | null;
  key: Buffer;
}

const NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** What a name looks like, for error messages. */
export const NAME_FORM = '1 to 32 lower-case letters, digits, _ or -, the first a letter';

/** Returns whether a text can name a sender. */
export const isSenderName = (text: string): boolean => NAME.test(text);

/** Returns name and secret of an entry; base64 may end with `=`, so one that begins as a secret has no name. */
function splitEntry(entry: string): { name: string | null; secret: string } {
  const [, name = null, secret = entry] = /^(?!whsec_)([^=]*)=(.*)$/.exec(entry) ?? [];
  return { name, secret };
}

/** Returns the first secret of a list, without the name of its sender; undefined if there is none. */
export function firstSecret(list = ''): string | undefined {
  const [entry] = splitSecrets(list);
  return entry === undefined ? undefined : splitEntry(entry).secret;
}

function parseSender(entry: string, index: number): Sender {
  const { name, secret } = splitEntry(entry);
  if (name === null) return { name, key: parseSecret(secret, index) };
  if (!isSenderName(name)) throw new Error(`the name of secret ${index + 1} must have ${NAME_FORM}`);
  return { name, key: parseSecret(secret, index) };
}

/**
 * Returns the senders of a list such as `greenhouse=whsec_… lever=whsec_…`. A sender may have several secrets, for rotation.
 * @throws Error that names the position of a wrong entry, without showing it; also if only some secrets have a name
 */
export function parseSenders(list: string): Sender[] {
  const senders = splitSecrets(list).map(parseSender);
  const unnamed = senders.findIndex(({ name }) => name === null);
  if (unnamed >= 0 && senders.some(({ name }) => name !== null))
    throw new Error(`secret ${unnamed + 1} has no name: name all senders (NAME=whsec_…) or none`);
  return senders;
}
