import type { ConversationStatus } from '../../src/lib/domain';
import * as model from './model';
import type { State } from './model';

/** Something that somebody does. `known`: whether the conversation was there to be moved, so that its id was known. */
export type Action =
  | { kind: 'deliver'; event: model.Event }
  | { kind: 'replay'; id: string }
  | { kind: 'move'; id: string; to: ConversationStatus; known: boolean }
  | { kind: 'erase'; candidate: string }
  | { kind: 'forget'; id: string };

/** What the outside sees when nothing is on its way. */
export interface Seen {
  outcomes: Record<string, string>;
  conversations: State['conversations'];
  events: string[];
  /** What data each application, job and person is kept with: null where it was erased, absent where there is none. */
  data: Record<string, number | null>;
}

/** What an action does next. `with` is what it knows from before. */
interface Half {
  with: unknown;
  run: (state: State) => { answer?: string | null; next?: Half };
}

const half = (run: Half['run'], known: unknown = null): Half => ({ with: known, run });

function replay(id: string): Half {
  return half((state) => {
    const answer = model.mayReplay(state, id);
    const row = structuredClone(state.rows[id]) ?? null;
    return answer === null
      ? { next: half((later) => ({ answer: model.replay(later, id, row) }), [row]) }
      : { answer };
  });
}

function erase(candidate: string): Half {
  return half((state) => {
    const answer = model.eraseRows(state, candidate);
    if (answer === 'unknown') return { answer };
    const jobs = half((later) => {
      model.eraseJobs(later, candidate);
      return {};
    }, candidate);
    return { answer, next: jobs };
  });
}

function begin(action: Action): Half {
  switch (action.kind) {
    case 'deliver':
      return half((state) => ({ answer: model.accept(state, action.event) }));
    case 'move':
      return half((state) => ({ answer: action.known ? model.move(state, action.id, action.to) : '404' }));
    case 'replay':
      return replay(action.id);
    case 'erase':
      return erase(action.candidate);
    case 'forget':
      return half((state) => ({ answer: model.forget(state, action.id) }));
  }
}

/** What the model shows of itself, to be held against what was seen. */
export function show(state: State, ids: readonly string[]): Seen {
  const kept = [
    ...Object.entries(state.rows).map(([id, { data }]) => [`row ${id}`, data] as const),
    ...Object.entries(state.jobs).map(([id, { data }]) => [`job ${id}`, data] as const),
    ...Object.entries(state.people).map(([id, { data }]) => [`person ${id}`, data] as const),
  ];
  return {
    outcomes: Object.fromEntries(ids.map((id) => [id, model.outcome(state, id)])),
    conversations: [...state.conversations].sort((a, b) => (a.application < b.application ? -1 : 1)),
    events: state.events,
    data: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** One order of things so far: the state it came to, and what each action has still to do. */
interface Way {
  state: State;
  halves: (Half | undefined)[];
}

export interface Happened {
  actions: Action[];
  answers: string[];
  seen: Seen;
  ids: readonly string[];
  /** Workers take nothing. */
  held: boolean;
}

function follow({ state, halves }: Way, n: number, answers: readonly string[]): Way | null {
  const copy = structuredClone(state);
  const done = halves[n]?.run(copy);
  if (!done || (done.answer && done.answer !== answers[n])) return null;
  return { state: copy, halves: halves.with(n, done.next) };
}

/** Every way that goes on from this one by a single step of an action or of a worker. */
function onwards(way: Way, { answers, held }: Happened): Way[] {
  const acted = way.halves.map((next, n) => (next ? follow(way, n, answers) : null));
  const waiting = held ? [] : Object.keys(way.state.jobs).filter((id) => way.state.jobs[id]?.waits);
  const decided = waiting.map((id) => {
    const state = structuredClone(way.state);
    model.decide(state, id);
    return { state, halves: way.halves };
  });
  return [...acted, ...decided].filter((one) => one !== null);
}

const isOver = ({ state, halves }: Way, held: boolean) =>
  halves.every((next) => next === undefined) &&
  (held || Object.values(state.jobs).every(({ waits }) => !waits));

/**
 * Whether some order of the actions and the workers' decisions gives every answer and what was seen at the end.
 * @returns the states that it may have come to; none where no order explains it
 */
export function explain(before: readonly State[], happened: Happened): State[] {
  const seen = JSON.stringify(happened.seen);
  const been = new Set<string>();
  const ends = new Map<string, State>();
  const open: Way[] = before.map((state) => ({ state, halves: happened.actions.map(begin) }));
  for (let way = open.pop(); way; way = open.pop()) {
    const { state, halves } = way;
    const key = JSON.stringify([state, halves.map((next) => next ?? 'done')]);
    const possible = state.events.every((event, n) => event === happened.seen.events[n]);
    if (been.has(key) || !possible) continue;
    been.add(key);
    if (isOver(way, happened.held) && JSON.stringify(show(state, happened.ids)) === seen)
      ends.set(JSON.stringify(state), state);
    open.push(...onwards(way, happened));
  }
  return [...ends.values()];
}
