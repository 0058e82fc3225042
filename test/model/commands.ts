import fc from 'fast-check';
import type { ConversationStatus } from '../../src/lib/domain';
import { explain, type Action } from './explain';
import type { State } from './model';
import type { Real } from './real';

/** So few that they collide all the time. */
export const APPLICATIONS = ['a0', 'a1', 'a2', 'a3', 'a4', 'a5'];
export const CANDIDATES = ['c0', 'c1'];

/** What the model may be in, after all that was seen, and whether workers are held. */
export interface Model {
  states: State[];
  held: boolean;
}

const application = fc.constantFrom(...APPLICATIONS);

/** Mostly the event that belongs to the id; now and then the same id with another payload. */
const deliver = fc
  .tuple(fc.nat(APPLICATIONS.length - 1), fc.constantFrom('', '', '', '', 'data', 'job', 'candidate'))
  .map(([n, twist]): Action => {
    const candidate = `c${(n + Number(twist === 'candidate')) % 2}`;
    const job = `j${((n >> 1) + Number(twist === 'job')) % 2}`;
    return { kind: 'deliver', event: { id: `a${n}`, candidate, job, data: twist === 'data' ? 2 : 1 } };
  });

const move = fc
  .tuple(application, fc.constantFrom<ConversationStatus>('CREATED', 'ONGOING', 'ONGOING', 'COMPLETED'))
  .map(([id, to]): Action => ({ kind: 'move', id, to, known: false }));

const replay = application.map((id): Action => ({ kind: 'replay', id }));
const erase = fc.constantFrom(...CANDIDATES).map((candidate): Action => ({ kind: 'erase', candidate }));
const forget = application.map((id): Action => ({ kind: 'forget', id }));

const weighed = [
  { arbitrary: deliver, weight: 6 },
  { arbitrary: move, weight: 5 },
  { arbitrary: replay, weight: 2 },
  { arbitrary: erase, weight: 1 },
];

type Command = fc.AsyncCommand<Model, Real>;

async function look(model: Model, real: Real, actions: Action[], answers: string[]): Promise<void> {
  if (!model.held) await real.quiet();
  const seen = await real.see(APPLICATIONS, CANDIDATES);
  const states = explain(model.states, { actions, answers, seen, ids: APPLICATIONS, held: model.held });
  if (states.length === 0) {
    const [before] = model.states;
    throw new Error(
      `no order of these explains what was seen: ${JSON.stringify({ before, actions, answers, seen }, null, 1)}`,
    );
  }
  model.states = states;
}

/** Does all of it at the same moment, and asks the model afterwards how it can have come. */
function together(chosen: Action[]): Command {
  return {
    check: () => true,
    toString: () => JSON.stringify(chosen),
    async run(model, real) {
      const exists = (id: string) =>
        model.states.some(({ conversations }) => conversations.some((one) => one.application === id));
      const actions = chosen.map((one) => (one.kind === 'move' ? { ...one, known: exists(one.id) } : one));
      await look(model, real, actions, await Promise.all(actions.map((action) => real.act(action))));
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

/** Workers go on. Also at the end of every run. */
export const release: Command = {
  check: ({ held }) => held,
  toString: () => 'release',
  async run(model, real) {
    await real.release();
    model.held = false;
    await look(model, real, [], []);
  },
};

/** One thing after the other; workers are held now and then, so that there is something on its way. */
export const oneByOne: fc.Arbitrary<Command>[] = [
  ...weighed.flatMap(({ arbitrary, weight }) =>
    Array.from({ length: weight }, () => arbitrary.map((action) => together([action]))),
  ),
  forget.map((action) => together([action])),
  fc.constant(hold),
  fc.constant(release),
];

/** Two to four things at the same moment. */
export const allAtOnce: fc.Arbitrary<Command>[] = [
  fc.array(fc.oneof(...weighed), { minLength: 2, maxLength: 4 }).map(together),
];
