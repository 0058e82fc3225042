import type { ConversationStatus } from '../../src/lib/domain';
import * as model from './model';
import type { State } from './model';

/** A request or a command. `known`: whether the conversation existed, so that the request could name its id. */
export type Action =
  | { kind: 'deliver'; event: model.Event }
  | { kind: 'replay'; id: string }
  | { kind: 'move'; id: string; to: ConversationStatus; known: boolean }
  | { kind: 'erase'; candidate: string }
  | { kind: 'forget'; id: string };

/** Everything that can be read from outside when no job is open. */
export interface Seen {
  outcomes: Record<string, string>;
  conversations: State['conversations'];
  events: string[];
  /** The personal data of each application, job and candidate: null if erased, absent if there is no such record. */
  data: Record<string, number | null>;
}

/** The next atomic step of an action. `with` is what it remembers from earlier steps. */
interface Step {
  with: unknown;
  run: (state: State) => { answer?: string | null; next?: Step };
}

const step = (run: Step['run'], memory: unknown = null): Step => ({ with: memory, run });

function replay(id: string): Step {
  return step((state) => {
    const answer = model.mayReplay(state, id);
    const row = structuredClone(state.rows[id]) ?? null;
    return answer === null
      ? { next: step((later) => ({ answer: model.replay(later, id, row) }), [row]) }
      : { answer };
  });
}

function erase(candidate: string): Step {
  return step((state) => {
    const answer = model.eraseRows(state, candidate);
    if (answer === 'unknown') return { answer };
    const jobs = step((later) => {
      model.eraseJobs(later, candidate);
      return {};
    }, candidate);
    return { answer, next: jobs };
  });
}

function begin(action: Action): Step {
  switch (action.kind) {
    case 'deliver':
      return step((state) => ({ answer: model.accept(state, action.event) }));
    case 'move':
      return step((state) => ({ answer: action.known ? model.move(state, action.id, action.to) : '404' }));
    case 'replay':
      return replay(action.id);
    case 'erase':
      return erase(action.candidate);
    case 'forget':
      return step((state) => ({ answer: model.forget(state, action.id) }));
  }
}

/** Returns what would be seen in this state. */
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

/** One possible order of steps so far: its state, and the next step of each action. */
interface Path {
  state: State;
  steps: (Step | undefined)[];
}

export interface Happened {
  actions: Action[];
  answers: string[];
  seen: Seen;
  ids: readonly string[];
  /** Whether workers are held. */
  held: boolean;
}

function follow({ state, steps }: Path, n: number, answers: readonly string[]): Path | null {
  const copy = structuredClone(state);
  const done = steps[n]?.run(copy);
  if (!done || (done.answer && done.answer !== answers[n])) return null;
  return { state: copy, steps: steps.with(n, done.next) };
}

/** Returns every path that continues this one by a single step of an action or of a worker. */
function nextPaths(path: Path, { answers, held }: Happened): Path[] {
  const acted = path.steps.map((next, n) => (next ? follow(path, n, answers) : null));
  const waiting = held ? [] : Object.keys(path.state.jobs).filter((id) => path.state.jobs[id]?.waits);
  const processed = waiting.map((id) => {
    const state = structuredClone(path.state);
    model.processJob(state, id);
    return { state, steps: path.steps };
  });
  return [...acted, ...processed].filter((one) => one !== null);
}

const isOver = ({ state, steps }: Path, held: boolean) =>
  steps.every((next) => next === undefined) &&
  (held || Object.values(state.jobs).every(({ waits }) => !waits));

/**
 * Searches the orders of the actions' steps and the workers' steps for those that give every response and the final data.
 * @returns the states after those orders; none if no order explains the result
 */
export function explain(before: readonly State[], happened: Happened): State[] {
  const seen = JSON.stringify(happened.seen);
  const visited = new Set<string>();
  const ends = new Map<string, State>();
  const open: Path[] = before.map((state) => ({ state, steps: happened.actions.map(begin) }));
  for (let path = open.pop(); path; path = open.pop()) {
    const { state, steps } = path;
    const key = JSON.stringify([state, steps.map((next) => next ?? 'done')]);
    const possible = state.events.every((event, n) => event === happened.seen.events[n]);
    if (visited.has(key) || !possible) continue;
    visited.add(key);
    if (isOver(path, happened.held) && JSON.stringify(show(state, happened.ids)) === seen)
      ends.set(JSON.stringify(state), state);
    open.push(...nextPaths(path, happened));
  }
  return [...ends.values()];
}
