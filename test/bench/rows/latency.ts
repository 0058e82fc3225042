import type { Bench, Contestant, Figures, Row } from '../row';
import { DOORS, postTo } from './ingest';

const SHARES = [0.25, 0.5, 0.75];
const SECONDS = 3;

async function convRate(bench: Bench): Promise<number> {
  const known = bench.results.ingest?.measured.find(({ name }) => name === 'conv');
  if (known) return known.metrics['posts/s']?.median ?? NaN;
  const [conv] = DOORS;
  if (!conv) throw new Error('there is no door');
  const { rate } = await postTo(bench, conv, { count: bench.options.burst, rate: null });
  return rate;
}

/** How long a post takes at rates below what conv can do, sent evenly whether or not answers come. */
export async function latency(bench: Bench): Promise<Row> {
  const most = await convRate(bench);
  const seconds = bench.options.quick ? 0.3 : SECONDS;
  const trial = async (open: (typeof DOORS)[number]['open']): Promise<Figures> => {
    const figures: Figures = {};
    for (const share of SHARES) {
      const rate = most * share;
      const { p50, p99 } = await postTo(bench, { open }, { count: Math.ceil(rate * seconds), rate });
      figures[`p50 ms at ${share * 100}%`] = p50;
      figures[`p99 ms at ${share * 100}%`] = p99;
    }
    return figures;
  };
  return {
    subject: 'conv',
    contestants: DOORS.map(({ name, how, open }): Contestant => {
      return { name, how: `${how}; of ${Math.round(most)} posts/s`, trial: () => trial(open) };
    }),
    goals: [],
  };
}
