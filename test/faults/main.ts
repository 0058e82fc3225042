import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { PLANTS } from './plants/plants';
import { accusation, report } from './report';
import { runFaults } from './run';

const USAGE = `usage: npm run test:faults -- [--minutes N] [--seed N] [--quick] [--rate N] [--plant NAME]
  --quick    about a minute, every kind of fault once
  --rate     applications a second, on average
  --only     these kinds of fault alone: a part of their names, several with commas
  --plant    puts a bug in, to see it found: ${Object.keys(PLANTS).join(', ')}`;

const QUICK_MS = 70_000;
const QUICK_FAULT_EVERY_MS = 2600;
const FAULT_EVERY_MS = 4000;

/** Runs the faults and says what came of it; exit code 1 where anything was lost, doubled or contradictory. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
      rate: { type: 'string', default: '90' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      plant: { type: 'string', default: 'none' },
    },
  });
  const plant = PLANTS[values.plant];
  const [minutes, seed, rate] = [values.minutes, values.seed, values.rate].map(Number);
  if (!plant || !minutes || !rate || seed === undefined || !Number.isSafeInteger(seed))
    throw new Error(USAGE);
  const lengthMs = values.quick ? QUICK_MS : minutes * 60_000;
  const began = Date.now();
  console.log(
    `seed ${seed}, ${lengthMs / 1000} s of load${values.plant === 'none' ? '' : `, bug: ${values.plant}`}`,
  );
  const result = await runFaults({
    seed,
    lengthMs,
    faultEveryMs: values.quick ? QUICK_FAULT_EVERY_MS : FAULT_EVERY_MS,
    only: values.only.split(','),
    count: (lengthMs / 1000) * rate,
    plant,
    say: (line) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`),
  });
  console.log(`\n${report(result)}`);
  if (result.faults.length === 0) return;
  console.error(`\nseed ${seed}:\n${accusation(result)}`);
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
