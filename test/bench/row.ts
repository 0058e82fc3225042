import type { Lab } from './lab';
import type { Load } from './load/client';
import type { Options, RowName } from './options';
import { median, spread, type Spread } from './statistics';

/** The figures of one trial, by the name of the metric. */
export type Figures = Record<string, number>;

export interface Contestant {
  name: string;
  /** Its configuration, in a few words. */
  how: string;
  /** The contestant that its figures are compared with; by default the row's subject. */
  beside?: string;
  trial: () => Promise<Figures>;
}

/** A goal for the median of one metric over the rounds. */
export interface Goal {
  metric: string;
  /** The contestant; by default the row's subject. */
  of?: string;
  /** Compares with this contestant's figure of the same round; by default the figure itself is judged. */
  against?: string;
  /** By default as a ratio. */
  by?: 'difference';
  atLeast?: number;
  atMost?: number;
}

export interface Row {
  subject: string;
  contestants: Contestant[];
  goals: Goal[];
  /** Replaces `--rounds`. */
  rounds?: number;
  /** Runs before all trials; throws if contestants produce different results. */
  check?: (takesPart: (name: string) => boolean) => Promise<void>;
  /** Removes what the row created for all of its trials. */
  end?: () => Promise<void>;
}

export interface Bench {
  lab: Lab;
  load: Load;
  options: Options;
  /** Results of the rows that ran before. */
  results: Partial<Record<RowName, Result>>;
  say: (line: string) => void;
}

export interface Measured {
  name: string;
  how: string;
  beside: string;
  metrics: Record<string, Spread & { all: number[]; ratio: number }>;
}

export interface Result {
  measured: Measured[];
  goals: (Goal & { of: string; value: number; met: boolean })[];
}

type Trials = ReadonlyMap<string, Figures[]>;

/** Compares round by round, so that a slow minute of the machine affects both. */
function compare(trials: Trials, metric: string, of: string, goal: Pick<Goal, 'against' | 'by'>): number {
  const others = goal.against === undefined ? [] : (trials.get(goal.against) ?? []);
  const values = (trials.get(of) ?? []).map((figures, n) => {
    const value = figures[metric] ?? NaN;
    const other = others[n]?.[metric] ?? NaN;
    if (goal.against === undefined) return value;
    return goal.by === 'difference' ? value - other : value / other;
  });
  return median(values);
}

function measured(trials: Trials, { contestants, subject }: Row): Measured[] {
  return contestants.map(({ name, how, beside = subject }) => {
    const all = trials.get(name) ?? [];
    const metrics = Object.keys(all[0] ?? {}).map((metric) => {
      const values = all.map((figures) => figures[metric] ?? NaN);
      const ratio = compare(trials, metric, beside, { against: name });
      return [metric, { ...spread(values), all: values, ratio }] as const;
    });
    return { name, how, beside, metrics: Object.fromEntries(metrics) };
  });
}

function judge(trials: Trials, { goals, subject }: Row): Result['goals'] {
  const judged = goals.map((goal) => {
    const { metric, of = subject, atLeast = -Infinity, atMost = Infinity } = goal;
    const value = compare(trials, metric, of, goal);
    return { ...goal, of, value, met: value >= atLeast && value <= atMost };
  });
  return judged.filter(({ value }) => !Number.isNaN(value)); // NaN: a contestant did not take part.
}

const shown = (figures: Figures): string =>
  Object.entries(figures)
    .map(([metric, value]) => `${metric} ${Number(value.toPrecision(4))}`)
    .join(', ');

async function rounds(name: RowName, row: Row, contestants: Contestant[], bench: Bench): Promise<Trials> {
  const trials = new Map<string, Figures[]>(contestants.map((contestant) => [contestant.name, []]));
  const count = row.rounds ?? bench.options.rounds;
  for (let round = 0; round < count; round++) {
    const turn = round % contestants.length;
    for (const contestant of [...contestants.slice(turn), ...contestants.slice(0, turn)]) {
      const figures = await contestant.trial();
      trials.get(contestant.name)?.push(figures);
      bench.say(`${name} ${round + 1}/${count} ${contestant.name}: ${shown(figures)}`);
    }
  }
  return trials;
}

/** Runs every contestant once per round; each round starts with another one: A B C, B C A, C A B. */
export async function runRow(name: RowName, row: Row, bench: Bench): Promise<Result> {
  const { only } = bench.options;
  const takesPart = (who: string) =>
    only.length === 0 || who.startsWith(row.subject) || only.some((part) => who.includes(part));
  try {
    await row.check?.(takesPart);
    const contestants = row.contestants.filter((contestant) => takesPart(contestant.name));
    const trials = await rounds(name, row, contestants, bench);
    return { measured: measured(trials, { ...row, contestants }), goals: judge(trials, row) };
  } finally {
    await row.end?.();
  }
}
