import type { Bench, Contestant, Figures, Row } from '../row';
import { WEB_CONTESTANTS, postTo } from './ingest';

const SHARES = [0.25, 0.5, 0.75];
const SECONDS = 3;

async function convRate(bench: Bench): Promise<number> {
  const measured = bench.results.ingest?.measured.find(({ name }) => name === 'conv');
  if (measured) return measured.metrics['posts/s']?.median ?? NaN;
  const [conv] = WEB_CONTESTANTS;
  if (!conv) throw new Error('no contestant');
  const { rate } = await postTo(bench, conv, { count: bench.options.burst, rate: null });
  return rate;
}

/** Latency of posts at constant rates below the maximum of conv, sent whether or not responses come. */
export async function latency(bench: Bench): Promise<Row> {
  const most = await convRate(bench);
  const seconds = bench.options.quick ? 0.3 : SECONDS;
  const trial = async (open: (typeof WEB_CONTESTANTS)[number]['open']): Promise<Figures> => {
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
    contestants: WEB_CONTESTANTS.map(({ name, how, open }): Contestant => {
      return { name, how: `${how}; of ${Math.round(most)} posts/s`, trial: () => trial(open) };
    }),
    goals: [],
  };
}
