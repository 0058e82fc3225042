import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { atEnd } from './cleanup';

export interface Certificate {
  key: Buffer;
  cert: Buffer;
}

/** A private certificate authority. */
export interface Authority {
  /** The path of its certificate. */
  file: string;
  pem: string;
  /** A certificate for 127.0.0.1 that it signed. */
  issued: Certificate;
}

const openssl = (...args: string[]) => promisify(execFile)('openssl', args);
const NEW_KEY = ['-newkey', 'rsa:2048', '-nodes'];

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'conv-tls-'));
  atEnd(() => rm(folder, { recursive: true }));
  return folder;
}

async function sign(folder: string, name: string, subject: string): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  await openssl('req', '-x509', ...NEW_KEY, '-days', '1', '-subj', subject, '-keyout', key, '-out', cert);
  return { key, cert };
}

/** Creates the files of a key and of a certificate that it signs itself. */
export async function createSelfSignedFiles(): Promise<{ key: string; cert: string }> {
  return sign(await createFolder(), 'server', '/CN=127.0.0.1');
}

/** Creates a key and a certificate that it signs itself. */
export async function createSelfSigned(): Promise<Certificate> {
  const { key, cert } = await createSelfSignedFiles();
  return { key: await readFile(key), cert: await readFile(cert) };
}

/** Creates a certificate authority, as companies have for their own servers. */
export async function createAuthority(): Promise<Authority> {
  const folder = await createFolder();
  const ca = await sign(folder, 'ca', '/CN=Company CA');
  const [key, request, cert, extensions] = ['key', 'csr', 'pem', 'ext'].map((name) =>
    join(folder, `issued.${name}`),
  ) as [string, string, string, string];
  await writeFile(extensions, 'subjectAltName=IP:127.0.0.1\n');
  await openssl('req', ...NEW_KEY, '-subj', '/CN=store', '-keyout', key, '-out', request);
  const signing = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', '1', '-extfile', extensions];
  await openssl('x509', '-req', '-in', request, '-out', cert, ...signing);
  const issued = { key: await readFile(key), cert: await readFile(cert) };
  return { file: ca.cert, pem: await readFile(ca.cert, 'utf8'), issued };
}
