import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { PLANTED_BUGS } from './planted-bugs/planted-bugs';
import { describeViolations, report } from './report';
import { runFaults } from './run';

const USAGE = `usage: npm run test:faults -- [--minutes N] [--seed N] [--quick] [--rate N] [--lock-seconds N] [--web-concurrency N]
    [--only KINDS] [--plant NAME]
  --quick    run for about a minute, with every kind of fault once
  --rate     applications a second on average
  --web-concurrency  WEB_CONCURRENCY of both webs, 1 by default
  --lock-seconds  how long another transaction holds a lock, 6 to 9 by default
  --only     only kinds of faults whose names contain this; several separated by commas
  --plant    run with a planted bug, which must be found: ${Object.keys(PLANTED_BUGS).join(', ')}`;

const QUICK_MS = 82_000;
const QUICK_FAULT_EVERY_MS = 2600;
const FAULT_EVERY_MS = 4000;

/** Runs the faults and prints a report. Exit code 1 if anything was lost, doubled or contradictory. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
      rate: { type: 'string', default: '90' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      'lock-seconds': { type: 'string' },
      'web-concurrency': { type: 'string', default: '1' },
      plant: { type: 'string', default: 'none' },
    },
  });
  const bug = PLANTED_BUGS[values.plant];
  const [minutes, seed, rate] = [values.minutes, values.seed, values.rate].map(Number);
  const webConcurrency = Number(values['web-concurrency']);
  if (
    !bug ||
    !(webConcurrency >= 1) ||
    !minutes ||
    !rate ||
    seed === undefined ||
    !Number.isSafeInteger(seed)
  )
    throw new Error(USAGE);
  const lengthMs = values.quick ? QUICK_MS : minutes * 60_000;
  const began = Date.now();
  console.log(
    `seed ${seed}, ${lengthMs / 1000} s of load${values.plant === 'none' ? '' : `, planted bug: ${values.plant}`}`,
  );
  const result = await runFaults({
    seed,
    lengthMs,
    faultEveryMs: values.quick ? QUICK_FAULT_EVERY_MS : FAULT_EVERY_MS,
    lockMs: values['lock-seconds'] === undefined ? null : Number(values['lock-seconds']) * 1000,
    only: values.only.split(','),
    count: (lengthMs / 1000) * rate,
    webConcurrency,
    bug,
    log: (line) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${line}`),
  });
  console.log(`\n${report(result)}`);
  if (result.violations.length === 0) return;
  console.error(`\nseed ${seed}:\n${describeViolations(result)}`);
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
