import { connectDatabase } from '../../../src/models/connect';
import { createToken } from '../../../src/tokens/token';
import type { Bed } from '../lab';
import { startContestant, startConv, type Running } from '../processes';
import { createdAt } from '../seed';

export const PAGE = 50;

/** A server for reads on a seeded database, and the paths to read from it. */
export interface Reader {
  name: string;
  how: string;
  start: (bed: Bed) => Promise<Running>;
  paths: (url: string, token: string, size: number) => Promise<Paths>;
}

export interface Paths {
  first: string[];
  /** A page with nine tenths of the table before it. */
  deep: string[];
  /** The first page before a `created_before` at that depth. */
  before?: string[];
  one: string[];
}

interface Page {
  data: { id: string }[];
  next_cursor: string | null;
}

/** Creates a token for reads, as an operator would. */
export async function readToken(bed: Bed): Promise<string> {
  const database = connectDatabase(bed.databaseUrl);
  const scopes = ['conversations:read'] as const;
  const { token } = await createToken(database, { name: 'bench', scopes, expiresAt: null });
  await database.sequelize.close();
  return token;
}

export async function getJson(url: string, token: string): Promise<unknown> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

const deepTime = (size: number) => createdAt(Math.ceil(size / 10)).toISOString();

/** Returns ids from the whole table. */
async function someIds(bed: Bed): Promise<string[]> {
  const { rows } = await bed.pool.query<{ id: string }>(
    'SELECT id FROM conversations ORDER BY md5(id::text) LIMIT 1000',
  );
  return rows.map(({ id }) => id);
}

export function readers(bed: () => Bed): Reader[] {
  const one = async () => (await someIds(bed())).map((id) => `/conversations/${id}`);
  return [
    {
      name: 'conv',
      how: 'web process, token, log',
      start: (on) => startConv('web', on),
      async paths(url, token, size) {
        const before = `/conversations?limit=${PAGE}&created_before=${deepTime(size)}`;
        const { next_cursor } = (await getJson(url + before, token)) as Page;
        return {
          first: [`/conversations?limit=${PAGE}`],
          deep: [`${before}&cursor=${next_cursor ?? ''}`],
          before: [before],
          one: await one(),
        };
      },
    },
    {
      name: 'bare Koa + pg',
      how: 'the same query by a named statement; no token, no validation, no log',
      start: (on) => startContestant('bare-reads', on),
      async paths(_url, _token, size) {
        const before = deepTime(size);
        const text =
          'SELECT id, created_at FROM conversations WHERE created_at < $1 ORDER BY created_at DESC, id DESC OFFSET $2 LIMIT 1';
        const { rows } = await bed().pool.query<{ id: string; created_at: Date }>(text, [before, PAGE - 1]);
        const [last] = rows;
        if (!last) throw new Error('the table is too small');
        return {
          first: ['/conversations'],
          deep: [`/conversations?before=${before}&at=${last.created_at.toISOString()}&after=${last.id}`],
          one: await one(),
        };
      },
    },
  ];
}
