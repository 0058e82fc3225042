import { tlsOptions, type TlsSettings } from '../lib/tls';

/** Where and how to connect, for `pg` and Sequelize. */
export interface PostgresAddress {
  connectionString: string;
  /** Absent where the address decides alone. */
  ssl?: ReturnType<typeof tlsOptions>;
}

/** Parameters of the address that decide about TLS; `pg` would prefer them to `ssl`. */
const OWN_CERTIFICATES = ['sslrootcert', 'sslcert', 'sslkey'];

/**
 * Applies DATABASE_TLS_CA and DATABASE_TLS_VERIFY to an address. They turn TLS on. Without them, with `sslmode=disable`, or if the
 * address names certificate files, it decides alone.
 */
export function postgresAddress(url: string, tls: TlsSettings): PostgresAddress {
  const address = new URL(url);
  const mode = address.searchParams.get('sslmode');
  const decidesAlone = mode === 'disable' || OWN_CERTIFICATES.some((name) => address.searchParams.has(name));
  if (decidesAlone || (tls.ca === null && tls.verify)) return { connectionString: url };
  for (const name of ['sslmode', 'ssl', 'uselibpqcompat']) address.searchParams.delete(name);
  const ssl = tlsOptions({ ...tls, verify: tls.verify && mode !== 'no-verify' });
  return { connectionString: address.href, ssl };
}
