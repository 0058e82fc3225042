import type { Bed } from '../lab';
import { startLoad, type Load } from '../load/client';
import type { LoadResult } from '../load/job';
import { conversations, untilReached } from '../outcomes';
import type { Bench, Figures, Row } from '../row';
import { seed } from '../seed';
import { withPipeline } from './e2e';
import { PIPELINES, type Pipeline } from './e2e-contestants';
import { PAGE, readToken } from './readers';

const CONNECTIONS = 32;
const ROWS = 10_000;

/** Reads pages until the posts are done. */
async function readUntil(
  load: Load,
  url: string,
  token: string,
  over: Promise<unknown>,
): Promise<LoadResult[]> {
  const ended = { yet: false };
  over.finally(() => (ended.yet = true)).catch(() => undefined); // The caller waits for it.
  const send = { kind: 'gets' as const, paths: [`/conversations?limit=${PAGE}`], token };
  const results: LoadResult[] = [];
  while (!ended.yet) {
    await load.prepare({ url, connections: CONNECTIONS, count: 500, rate: null, send });
    results.push(await load.run());
  }
  return results;
}

async function both(bench: Bench, reader: Load, bed: Bed, url: string): Promise<Figures> {
  const { load, options } = bench;
  const token = await readToken(bed);
  const count = Math.ceil(options.burst / 2);
  const send = { kind: 'posts', label: 'mixed', from: 0 } as const;
  const done = conversations(bed.pool);
  await load.prepare({ url, connections: CONNECTIONS, count, rate: null, send });
  const posts = load.run();
  const committed = posts.then(() => untilReached(count, done));
  const pages = await readUntil(reader, url, token, committed);
  const { rate, p99, began } = await posts;
  const seconds = pages.reduce((sum, page) => sum + page.seconds, 0);
  return {
    'applications/s': (count * 1000) / ((await committed) - began),
    'posts/s': rate,
    'post p99 ms': p99,
    'pages/s': (pages.length * 500) / seconds,
    'page p99 ms': Math.max(...pages.map((page) => page.p99)),
  };
}

/** Posts and reads of pages at the same time, each from 32 connections. */
export async function mixed(bench: Bench): Promise<Row> {
  const reader = await startLoad();
  const trial = (pipeline: Pipeline) =>
    withPipeline(bench.lab, pipeline, async (bed, [web]) => {
      await seed(bed.pool, ROWS);
      return both(bench, reader, bed, web.url);
    });
  const names = ['conv', 'no queue, one statement'];
  return {
    subject: 'conv',
    contestants: PIPELINES.filter(({ name }) => names.includes(name)).map((pipeline) => {
      const how = `${pipeline.how}; pages of ${PAGE} of ${ROWS} and more, without a token where there is no queue`;
      return { name: pipeline.name, how, trial: () => trial(pipeline) };
    }),
    goals: [],
    async end() {
      reader.stop();
      return Promise.resolve();
    },
  };
}
