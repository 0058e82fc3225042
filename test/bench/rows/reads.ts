import type { Bed, Lab } from '../lab';
import type { Bench, Contestant, Figures, Goal, Row } from '../row';
import { assertSame } from '../same';
import { seed } from '../seed';
import { CONNECTIONS } from './ingest';
import { getJson, readers, readToken, type Paths, type Reader } from './readers';

/** Creates a seeded database at its first use; all trials of a row share it. */
export function seeded(lab: Lab, size: number): { bed: () => Promise<Bed>; drop: () => Promise<void> } {
  let made: Promise<Bed> | null = null;
  const make = async (): Promise<Bed> => {
    const bed = await lab.bed();
    await seed(bed.pool, size);
    return bed;
  };
  return {
    bed: () => (made ??= make()),
    drop: async () => {
      await (await made)?.drop();
    },
  };
}

/** Measures every kind of read at saturation, and with one connection. */
async function read({ load, options }: Bench, url: string, token: string, paths: Paths): Promise<Figures> {
  const figures: Figures = {};
  for (const [kind, list] of Object.entries(paths) as [string, string[]][]) {
    const send = { kind: 'gets', paths: list, token } as const;
    const job = { url, rate: null, send };
    await load.prepare({ ...job, connections: CONNECTIONS, count: options.warmUp });
    await load.run();
    await load.prepare({ ...job, connections: CONNECTIONS, count: Math.ceil(options.burst / 4) });
    figures[`${kind}/s`] = (await load.run()).rate;
    await load.prepare({ ...job, connections: 1, count: Math.ceil(options.burst / 20) });
    figures[`${kind} p50 ms`] = (await load.run()).p50;
  }
  return figures;
}

const label = (size: number) => `${size.toLocaleString('en')} rows`;

function goalsAt(size: number): Goal[] {
  const of = `conv, ${label(size)}`;
  const against = `bare Koa + pg, ${label(size)}`;
  return [
    { metric: 'first/s', of, against, atLeast: 1 },
    { metric: 'deep/s', of, against, atLeast: 1 },
    { metric: 'one/s', of, against, atLeast: 0.6 },
  ];
}

function growthGoals(small: number, large: number): Goal[] {
  const of = `conv, ${label(large)}`;
  const against = `conv, ${label(small)}`;
  return ['first', 'deep', 'before', 'one'].map((kind) => ({
    metric: `${kind} p50 ms`,
    of,
    against,
    atMost: 1.2,
  }));
}

/** Pages and single conversations on tables of different sizes. */
export function reads(bench: Bench): Row {
  const { quick, large } = bench.options;
  const sizes = quick ? [1000, 5000] : [10_000, 1_000_000, ...(large ? [10_000_000] : [])];
  const beds = new Map(sizes.map((size) => [size, seeded(bench.lab, size)]));
  const found = new Map<string, unknown>();

  async function trial(size: number, pick: (of: Reader[]) => Reader | undefined): Promise<Figures> {
    const bed = await beds.get(size)?.bed();
    const reader = bed && pick(readers(() => bed));
    if (!reader) throw new Error('no such reader');
    const token = await readToken(bed);
    const web = await reader.start(bed);
    try {
      const paths = await reader.paths(web.url, token, size);
      const kinds = [paths.first, paths.deep, paths.one];
      const answers = await Promise.all(kinds.map(([path]) => getJson(`${web.url}${path ?? ''}`, token)));
      found.set(`${reader.name} ${size}`, withoutCursor(answers));
      assertSame('reads', new Map([...found].filter(([key]) => key.endsWith(` ${size}`))));
      return await read(bench, web.url, token, paths);
    } finally {
      await web.stop();
    }
  }

  const names = ['conv', 'bare Koa + pg'];
  const contestants = sizes.flatMap((size) =>
    names.map((name, n): Contestant => {
      const how = n === 0 ? 'web process, token, log' : 'the same named statements by pg, nothing else';
      const beside = `conv, ${label(size)}`;
      return { name: `${name}, ${label(size)}`, how, beside, trial: () => trial(size, (of) => of[n]) };
    }),
  );
  const [small = 0, ...larger] = sizes;
  return {
    subject: 'conv',
    contestants,
    goals: [...sizes.flatMap(goalsAt), ...larger.flatMap((size) => growthGoals(small, size))],
    async end() {
      for (const { drop } of beds.values()) await drop();
    },
  };
}

/** Removes the cursors, which differ between contestants. */
function withoutCursor(answers: readonly unknown[]): unknown {
  return answers.map((answer) => ({ ...(answer as object), next_cursor: undefined }));
}
