import fc from 'fast-check';
import type { TestDatabase } from '../support/database';
import type { TestQueue } from '../support/queue';
import type { TestWeb } from '../support/web';
import { concurrent, release, sequential, type Model } from './commands';
import { emptyState } from './model';
import { realSystem, type Real } from './real';

export interface ModelSystem {
  stores: TestDatabase;
  queue: TestQueue;
  web: TestWeb;
}

type Command = fc.AsyncCommand<Model, Real>;

const COMMANDS = { sequential, concurrent };

/** Runs the commands against a system without data; at the end workers resume, and everything is compared once more. */
async function compare({ stores, queue, web }: ModelSystem, commands: Iterable<Command>): Promise<void> {
  const setup = { model: { states: [emptyState()], held: false }, real: realSystem(stores, queue, web) };
  try {
    await fc.asyncModelRun(() => setup, commands);
    if (release.check(setup.model)) await release.run(setup.model, setup.real);
  } finally {
    await setup.real.release();
    await setup.real.settled();
  }
}

/**
 * Runs random sequences of commands and compares answers and data with the model after each command. If one fails, fast-check
 * prints its seed and the shortest sequence that fails.
 * @param options `runs`: how many sequences (MODEL_RUNS overrides it; MODEL_SEED repeats a failure)
 */
export async function compareWithModel(
  system: ModelSystem,
  kind: keyof typeof COMMANDS,
  options: { runs: number; maxCommands: number },
): Promise<void> {
  const seed = process.env['MODEL_SEED'];
  const sequences = fc.commands(COMMANDS[kind], { maxCommands: options.maxCommands, size: 'max' });
  await fc.assert(
    fc.asyncProperty(sequences, (commands) => compare(system, commands)),
    { numRuns: Number(process.env['MODEL_RUNS'] ?? options.runs), ...(seed && { seed: Number(seed) }) },
  );
}
