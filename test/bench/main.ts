import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { openLab, ROOT } from './lab';
import { startLoad } from './load/client';
import { readOptions, type Options, type RowName } from './options';
import { runRow, type Bench, type Result, type Row } from './row';
import { cli } from './rows/cli';
import { commitLatency } from './rows/commit-latency';
import { e2e } from './rows/e2e';
import { growth } from './rows/growth';
import { ingest } from './rows/ingest';
import { latency } from './rows/latency';
import { memory } from './rows/memory';
import { mixed } from './rows/mixed';
import { pickup } from './rows/pickup';
import { reads } from './rows/reads';
import { storage } from './rows/storage';
import { sustained } from './rows/sustained';
import { traces } from './rows/traces';
import { viewers } from './rows/viewers';
import { worker } from './rows/worker';
import { figuresTable, goalsTable } from './table';

const ROW_MAKERS: Record<RowName, (bench: Bench) => Row | Promise<Row>> = {
  ingest,
  latency,
  worker,
  'commit-latency': commitLatency,
  e2e,
  traces,
  viewers,
  sustained,
  pickup,
  reads,
  mixed,
  growth,
  memory,
  storage,
  cli,
};

type Results = Partial<Record<RowName, Result>>;

function machine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GB`;
}

function print(results: Results): void {
  for (const [row, { measured }] of Object.entries(results))
    for (const { name, how } of measured) console.log(`${row}: ${name}: ${how}`);
  console.log(figuresTable(results));
  console.log(goalsTable(results));
}

async function save(results: Results, options: Options, facts: object): Promise<void> {
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const file = options.json ?? join(ROOT, `test/bench/results/${stamp}.json`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ ...facts, options, results }, null, 2)}\n`);
  console.log(`written to ${file}`);
}

/** Runs the selected rows on the same stores, prints their figures and saves them. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const lab = await openLab();
  const load = await startLoad();
  const results: Results = {};
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const bench: Bench = { lab, load, options, results, say };
  const interrupt = () => void stop().finally(() => process.exit(1));
  let stopping: Promise<void> | undefined;
  function stop(): Promise<void> {
    load.stop();
    return (stopping ??= lab.stop());
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    for (const name of options.rows) {
      const row = await ROW_MAKERS[name](bench);
      results[name] = await runRow(name, row, bench);
    }
  } finally {
    await stop();
  }
  const facts = { machine: machine(), versions: lab.versions };
  console.log(`${facts.machine}; ${facts.versions}; ${options.rounds} rounds, bursts of ${options.burst}`);
  print(results);
  await save(results, options, facts);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
