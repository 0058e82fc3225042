import fc from 'fast-check';
import type { ConversationStatus } from '../../src/lib/domain';
import { explain, type Action } from './explain';
import type { State } from './model';
import type { Real } from './real';

/** Few ids, so that most commands touch the same application or candidate. */
export const APPLICATIONS = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5'];
export const CANDIDATES = ['c0', 'c1'];

/** The states that explain everything seen so far, and whether workers are held. */
export interface Model {
  states: State[];
  held: boolean;
}

const application = fc.constantFrom(...APPLICATIONS);

/** Usually the event of this id; sometimes the same id with another payload. */
const deliver = fc
  .tuple(fc.nat(APPLICATIONS.length - 1), fc.constantFrom('', '', '', '', 'data', 'job', 'candidate'))
  .map(([n, change]): Action => {
    const candidate = `c${(n + Number(change === 'candidate')) % 2}`;
    const job = `j${((n >> 1) + Number(change === 'job')) % 2}`;
    return { kind: 'deliver', event: { id: `a${n}`, candidate, job, data: change === 'data' ? 2 : 1 } };
  });

const move = fc
  .tuple(application, fc.constantFrom<ConversationStatus>('CREATED', 'ONGOING', 'ONGOING', 'COMPLETED'))
  .map(([id, to]): Action => ({ kind: 'move', id, to, known: false }));

const replay = application.map((id): Action => ({ kind: 'replay', id }));
const erase = fc.constantFrom(...CANDIDATES).map((candidate): Action => ({ kind: 'erase', candidate }));
const forget = application.map((id): Action => ({ kind: 'forget', id }));

const weighted = [
  { arbitrary: deliver, weight: 6 },
  { arbitrary: move, weight: 5 },
  { arbitrary: replay, weight: 2 },
  { arbitrary: erase, weight: 1 },
];

type Command = fc.AsyncCommand<Model, Real>;

async function compareNow(model: Model, real: Real, actions: Action[], answers: string[]): Promise<void> {
  if (!model.held) await real.settled();
  const seen = await real.see(APPLICATIONS, CANDIDATES);
  const states = explain(model.states, { actions, answers, seen, ids: APPLICATIONS, held: model.held });
  if (states.length === 0) {
    const [before] = model.states;
    throw new Error(
      `no order of these actions explains the result: ${JSON.stringify({ before, actions, answers, seen }, null, 1)}`,
    );
  }
  model.states = states;
}

/** Runs the actions at the same time, and then searches an order of them that explains the results. */
function runTogether(chosen: Action[]): Command {
  return {
    check: () => true,
    toString: () => JSON.stringify(chosen),
    async run(model, real) {
      const exists = (id: string) =>
        model.states.some(({ conversations }) => conversations.some((one) => one.application === id));
      const actions = chosen.map((one) => (one.kind === 'move' ? { ...one, known: exists(one.id) } : one));
      await compareNow(model, real, actions, await Promise.all(actions.map((action) => real.act(action))));
    },
  };
}

const hold: Command = {
  check: ({ held }) => !held,
  toString: () => 'hold',
  async run(model, real) {
    await real.hold();
    model.held = true;
  },
};

/** Resumes the workers; also ends every run. */
export const release: Command = {
  check: ({ held }) => held,
  toString: () => 'release',
  async run(model, real) {
    await real.release();
    model.held = false;
    await compareNow(model, real, [], []);
  },
};

/** One action after the other. Workers are held sometimes, so that jobs wait. */
export const sequential: fc.Arbitrary<Command>[] = [
  ...weighted.flatMap(({ arbitrary, weight }) =>
    Array.from({ length: weight }, () => arbitrary.map((action) => runTogether([action]))),
  ),
  forget.map((action) => runTogether([action])),
  fc.constant(hold),
  fc.constant(release),
];

/** Two to four actions at the same time. */
export const concurrent: fc.Arbitrary<Command>[] = [
  fc.array(fc.oneof(...weighted), { minLength: 2, maxLength: 4 }).map(runTogether),
];
