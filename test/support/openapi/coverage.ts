import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openapi } from '../../../src/web/openapi/document';
import type { Operation, ResponseObject } from '../../../src/web/openapi/types';
import { listPushes } from './check-push';
import type { Recording } from './record';

/** The folders of the tests that exercise the description. */
const FOLDERS = ['web', 'push'].map((name) => resolve(__dirname, '../..', name));
/** What tests call whose requests are compared with it. */
const RECORDERS = /use(?:Web|WatchedWeb|Receiver)\(/;

/** Described, but no quick test can cause it. */
const UNTESTED: Readonly<Record<string, string>> = {
  'problem urn:conv:problem:concurrent-change': 'two workers must store an outcome at the same moment',
};

/** What the description promises, by kind; the keys are those of check-exchange.ts. */
export interface Described {
  operations: string[];
  parameters: string[];
  statuses: string[];
  headers: string[];
  problems: string[];
  pushes: string[];
}

function problemTypes({ content }: ResponseObject): string[] {
  const problem = content?.['application/problem+json'] as
    { schema: { properties: { type: { enum: string[] } } } } | undefined;
  return problem?.schema.properties.type.enum ?? [];
}

function describeOperation(key: string, operation: Operation): Omit<Described, 'pushes'> {
  // The default response is for errors of HTTP itself, which test/web/malformed-http.test.ts causes on raw sockets.
  const responses = Object.entries(operation.responses).filter(([status]) => status !== 'default');
  const place = (where: string, name: string) => (where === 'query' ? `?${name}` : `${where} ${name}`);
  const headers = responses.flatMap(([, response]) => Object.keys(response.headers ?? {}));
  return {
    operations: [key],
    parameters: (operation.parameters ?? []).map((one) => `${key} ${place(one.in, one.name)}`),
    statuses: responses.map(([status]) => `${key} ${status}`),
    headers: [...new Set(headers)].map((name) => `${key} < ${name.toLowerCase()}`),
    problems: responses.flatMap(([, response]) => problemTypes(response)).map((type) => `problem ${type}`),
  };
}

/** Returns everything that the description promises. */
export function listDescribed(): Described {
  const all = Object.entries(openapi.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => describeOperation(`${method} ${path}`, operation)),
  );
  const merge = (kind: keyof (typeof all)[number]) => [...new Set(all.flatMap((one) => one[kind]))];
  return {
    operations: merge('operations'),
    parameters: merge('parameters'),
    statuses: merge('statuses'),
    headers: merge('headers'),
    problems: merge('problems'),
    pushes: listPushes(),
  };
}

async function readRecordings(folder: string): Promise<Recording[]> {
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.map((text) => JSON.parse(text) as Recording);
}

/** Returns the quick test files that exercise the description and did not run. */
async function findMissingFiles(recordings: readonly Recording[]): Promise<string[]> {
  const ran = new Set(recordings.map(({ testPath }) => testPath));
  const lists = await Promise.all(
    FOLDERS.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
  );
  const files = lists.flat().filter((file) => /\/[\w-]+\.test\.ts$/.test(file));
  const sources = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return files.filter((file, n) => RECORDERS.test(sources[n] ?? '') && !ran.has(file));
}

/**
 * Prints how much of the description the tests exercised, if all quick tests of HTTP and of pushes ran.
 * @throws Error that names what no test exercised
 */
export async function checkCoverage(folder: string): Promise<void> {
  const recordings = await readRecordings(folder);
  if ((await findMissingFiles(recordings)).length > 0) return;
  const exercised = new Set(recordings.flatMap((recording) => recording.exercised));
  const described = Object.entries(listDescribed()) as [string, string[]][];
  const counts = described.map(
    ([kind, keys]) => `${keys.filter((key) => exercised.has(key)).length} of ${keys.length} ${kind}`,
  );
  process.stderr.write(`\nOpenAPI: the tests exercised ${counts.join(', ')}\n`);
  const missing = described
    .flatMap(([, keys]) => keys)
    .filter((key) => !exercised.has(key) && !(key in UNTESTED));
  if (missing.length > 0)
    throw new Error(`described in src/web/openapi, but no test exercises it:\n${missing.join('\n')}`);
}
