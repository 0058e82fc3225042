import { readFileSync } from 'node:fs';
import { errorCode } from './errors';
import type { Logger } from './log';

/** How the certificate of a store is checked. */
export interface TlsSettings {
  /** Certificates of the only accepted authorities, PEM; null for those that Node knows. */
  ca: string | null;
  /** False accepts any certificate. */
  verify: boolean;
}

export const DEFAULT_TLS: TlsSettings = { ca: null, verify: true };

const CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/**
 * Reads the value of a setting such as REDIS_TLS_CA: a path, or the certificates themselves. Platforms that allow only one line in
 * a variable have `\n` in them.
 * @throws Error that says what is wrong with the file
 */
export function readCertificates(value: string): string {
  const isPem = value.startsWith('-----BEGIN');
  const pem = isPem ? value.replaceAll('\\n', '\n') : readFileSync(value, 'utf8');
  if (!pem.includes(CERTIFICATE))
    throw new Error(`${isPem ? 'the value' : value} holds no certificate (${CERTIFICATE})`);
  return pem;
}

/** Returns the options of Node's `tls.connect`. */
export function tlsOptions({ ca, verify }: TlsSettings): { ca?: string; rejectUnauthorized: boolean } {
  return { ...(ca !== null && { ca }), rejectUnauthorized: verify };
}

/** The codes of Node and OpenSSL for a certificate that is not accepted, and for a failed TLS handshake. */
const TLS_CODE = /CERT|_TLS_|_SSL_|^SELF_SIGNED|LEAF_SIGNATURE|HOSTNAME_MISMATCH|INVALID_CA/;

/** Whether an error of a connection comes from TLS. */
export function isTlsError(error: unknown): error is { code: string; message: string } {
  return TLS_CODE.test(errorCode(error) ?? '');
}

/** Settings of the stores as far as TLS concerns them. */
export interface StoreTls {
  redisUrl: string;
  redisTls: TlsSettings;
  databaseTls: TlsSettings;
}

/** Logs a warning for each setting that makes a connection unsafe. */
export function warnOfUnsafeTls({ redisUrl, redisTls, databaseTls }: StoreTls, log: Logger): void {
  const unverified =
    'any certificate is accepted, so an attacker in the network can read and change everything';
  if (!databaseTls.verify) log.warn(`DATABASE_TLS_VERIFY is none: ${unverified}`);
  const encrypts = redisUrl.startsWith('rediss');
  if (!redisTls.verify && encrypts) log.warn(`REDIS_TLS_VERIFY is none: ${unverified}`);
  if ((redisTls.ca !== null || !redisTls.verify) && !encrypts)
    log.warn('REDIS_TLS_CA and REDIS_TLS_VERIFY have no effect: REDIS_URL does not start with rediss');
}
