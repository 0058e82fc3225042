import { usageError } from '../exit-codes';

const EXAMPLE = 'expected an address such as http://127.0.0.1:3000';

/** Names a part that an address of conv does not have; the value is not printed, because it can be a password. */
function findExtraPart({ username, password, pathname, href }: URL): string | null {
  if (username !== '' || password !== '') return 'credentials';
  if (pathname !== '/') return 'a path';
  if (href.includes('?')) return 'a query';
  return href.includes('#') ? 'a fragment' : null;
}

/**
 * Returns an address of conv without anything after host and port.
 * @param source the flag or the setting that has it
 * @throws ConvError INVALID
 */
export function parseAddress(text: string, source: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    const value = text.includes('@') ? '' : ` ${JSON.stringify(text)}`;
    throw usageError(`invalid ${source}${value}: ${EXAMPLE}`);
  }
  const extra = findExtraPart(url);
  if (extra !== null)
    throw usageError(`invalid ${source}: it has ${extra}; pass scheme, host and port only: ${url.origin}`);
  return url.origin;
}
