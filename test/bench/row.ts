import type { Lab } from './lab';
import type { Load } from './load/client';
import type { Options, RowName } from './options';
import { median, spread, type Spread } from './statistics';

/** What one trial measured, by the name of the metric. */
export type Figures = Record<string, number>;

export interface Contestant {
  name: string;
  /** Its configuration, in a few words. */
  how: string;
  trial: () => Promise<Figures>;
}

/** What conv promises: the median over rounds of its figure, divided by the other's of the same round. */
export interface Goal {
  metric: string;
  of?: string;
  against: string;
  atLeast?: number;
  atMost?: number;
}

export interface Row {
  /** What the others are compared with. */
  subject: string;
  contestants: Contestant[];
  goals: Goal[];
  /** Throws where contestants do not give the same result; comes before all trials. */
  check?: () => Promise<void>;
}

export interface Bench {
  lab: Lab;
  load: Load;
  options: Options;
  /** Of rows that ran before, by row. */
  results: Partial<Record<RowName, Result>>;
  say: (line: string) => void;
}

export interface Measured {
  name: string;
  how: string;
  metrics: Record<string, Spread & { all: number[]; ratio: number }>;
}

export interface Result {
  subject: string;
  measured: Measured[];
  goals: (Goal & { ratio: number; met: boolean })[];
}

type Trials = Map<string, Figures[]>;

/** Of two contestants round by round, so that a machine that is slow for a minute is so for both. */
function ratioOf(trials: Trials, metric: string, name: string, against: string): number {
  const others = trials.get(against) ?? [];
  return median(
    (trials.get(name) ?? []).map((figures, n) => (figures[metric] ?? NaN) / (others[n]?.[metric] ?? NaN)),
  );
}

function measured(trials: Trials, row: Row): Measured[] {
  return row.contestants.map(({ name, how }) => {
    const all = trials.get(name) ?? [];
    const metrics = Object.keys(all[0] ?? {}).map((metric) => {
      const values = all.map((figures) => figures[metric] ?? NaN);
      const ratio = ratioOf(trials, metric, row.subject, name);
      return [metric, { ...spread(values), all: values, ratio }] as const;
    });
    return { name, how, metrics: Object.fromEntries(metrics) };
  });
}

function judge(trials: Trials, row: Row): Result['goals'] {
  const present = row.goals.filter((goal) => trials.has(goal.against) && trials.has(goal.of ?? row.subject));
  return present.map((goal) => {
    const ratio = ratioOf(trials, goal.metric, goal.of ?? row.subject, goal.against);
    const { atLeast = -Infinity, atMost = Infinity } = goal;
    return { ...goal, ratio, met: ratio >= atLeast && ratio <= atMost };
  });
}

/** Those that are asked for; the row's subject always. */
function chosen(row: Row, only: readonly string[]): Contestant[] {
  if (only.length === 0) return row.contestants;
  return row.contestants.filter(
    ({ name }) => name === row.subject || only.some((part) => name.includes(part)),
  );
}

/** Every contestant once a round, each round beginning with another: A B C, B C A, C A B. */
export async function runRow(name: RowName, row: Row, { options, say }: Bench): Promise<Result> {
  const contestants = chosen(row, options.only);
  await row.check?.();
  const trials: Trials = new Map(contestants.map((contestant) => [contestant.name, []]));
  for (let round = 0; round < options.rounds; round++) {
    const turn = round % contestants.length;
    for (const contestant of [...contestants.slice(turn), ...contestants.slice(0, turn)]) {
      const figures = await contestant.trial();
      trials.get(contestant.name)?.push(figures);
      const shown = Object.entries(figures).map(
        ([metric, value]) => `${metric} ${Number(value.toPrecision(4))}`,
      );
      say(`${name} ${round + 1}/${options.rounds} ${contestant.name}: ${shown.join(', ')}`);
    }
  }
  const ran = { ...row, contestants };
  return { subject: row.subject, measured: measured(trials, ran), goals: judge(trials, ran) };
}
