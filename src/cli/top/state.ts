import type { ApplicationView } from '../../lib/domain';
import { inverse } from '../colors';
import { outputText, type Io } from '../io';
import { padEnd } from '../terminal-text';
import { drawApplication, drawFailures } from './application-screens';
import { drawOverview, type Rates } from './overview-screen';
import type { Reading } from './reading';
import { formatSpans } from './spans';

/** A question that waits for `y`. */
export interface Question {
  text: string;
  /** Does it, and returns what to tell the operator. */
  confirm: () => Promise<string>;
}

/** What `conv top` shows. */
export interface TopState {
  /** Null before the first one. */
  reading: Reading | null;
  /** Oldest first. */
  history: Rates[];
  view: 'overview' | 'failures' | 'application';
  /** The selected or open failure. New failures move the lines, but not the selection. */
  selectedId: string | null;
  question: Question | null;
  /** What the last key led to. */
  notice: string;
}

const KEYS = {
  overview: 'q quit   p pause or resume processing   f failures',
  failures: 'q quit   up, down select   enter open   esc back',
  application: 'q quit   esc back',
};
/** A terminal that does not say its size. */
const [DEFAULT_WIDTH, DEFAULT_HEIGHT] = [80, 24];
/** The last lines: the notice and the keys. */
const FOOTER_LINES = 2;
/** As many as the widest terminals have cells for. */
const MOST_RATES = 500;

export function createState(): TopState {
  return { reading: null, history: [], view: 'overview', selectedId: null, question: null, notice: '' };
}

/** Shows a new reading, and remembers its rates. */
export function addReading(state: TopState, reading: Reading): void {
  const isFirst = state.reading === null;
  state.reading = reading;
  if (isFirst) return; // It has no rates yet.
  const since = 'value' in reading.overview ? reading.overview.value.since : null;
  const [received, processed] = [since?.received_per_second ?? null, since?.processed_per_second ?? null];
  state.history = [...state.history, { received, processed }].slice(-MOST_RATES);
}

/** Returns the failures, as far as they are known. */
export function listFailures({ reading }: TopState): readonly ApplicationView[] {
  return reading && 'value' in reading.failures ? reading.failures.value : [];
}

/** Returns the position of the selected failure: the first one if none is selected, or it is no longer a failure. */
export function selectedIndex(state: TopState): number {
  const index = listFailures(state).findIndex(({ id }) => id === state.selectedId);
  return Math.max(0, index);
}

function drawBody(io: Io, state: TopState, height: number): string[] {
  const { reading, history, view, selectedId } = state;
  if (reading === null) return ['Reading from PostgreSQL and Redis …'];
  if (view === 'overview') return drawOverview(io, reading, history, height);
  if (view === 'failures') return drawFailures(io, reading.failures, selectedIndex(state), height);
  const { application } = reading;
  const shown = application !== null && application.id === selectedId ? application.shown : null;
  return drawApplication(io, selectedId ?? '', shown);
}

/** Returns the lines of the whole screen, as many as the terminal has. */
export function drawTop(io: Io, state: TopState): string[] {
  const { terminalWidth = DEFAULT_WIDTH, terminalHeight = DEFAULT_HEIGHT } = io;
  const sized = { ...io, terminalWidth, terminalHeight };
  const height = Math.max(0, terminalHeight - FOOTER_LINES);
  const body = drawBody(sized, state, height).slice(0, height);
  const filler = Array<string>(height - body.length).fill('');
  const fit = (text: string) => formatSpans([{ text: outputText(io, text) }], terminalWidth);
  const footer = padEnd(fit(state.question?.text ?? KEYS[state.view]), terminalWidth);
  return [...body, ...filler, fit(state.notice), inverse(io, footer)].slice(-terminalHeight);
}
