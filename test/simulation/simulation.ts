import type { Action } from './actions';
import { checkComplete, checkRules, ownedConversations, type FinalOutcomes } from './invariants';
import { moveBucket } from './move-bucket';
import { processJob, type Flaw } from './worker';
import { createWorld, loseQueues, putBack, receive, type QueueJob, type World } from './world';

/** More than the work that any sequence of actions leaves. */
const MOST_STEPS = 1000;

interface Worker {
  job: QueueJob;
  token: number;
  steps: Generator<undefined, void>;
}

interface Simulation {
  world: World;
  /** Also workers whose lock has expired: they go on beside the next worker. */
  workers: Worker[];
  mover: Generator<undefined, void> | undefined;
  flaw: Flaw | undefined;
}

function choose<T>(values: Iterable<T>, index: number): T | undefined {
  const all = [...values];
  return all[index % Math.max(all.length, 1)];
}

const jobsIn = ({ jobs }: World, state: QueueJob['state']) =>
  [...jobs.values()].filter((job) => job.state === state);

function take(simulation: Simulation, job: QueueJob | undefined): void {
  if (!job) return;
  const steps = processJob(simulation.world, job, simulation.flaw);
  steps.next();
  simulation.workers.push({ job, token: job.token, steps });
}

function step(simulation: Simulation, worker: Worker | undefined): void {
  if (worker?.steps.next().done) remove(simulation, worker);
}

function remove(simulation: Simulation, worker: Worker): void {
  simulation.workers = simulation.workers.filter((other) => other !== worker);
}

/** The lock of an active job expires: the job waits again, for any worker. */
function expire(job: QueueJob | undefined): void {
  if (job) putBack(job, job.token);
}

function crash(simulation: Simulation, worker: Worker | undefined): void {
  if (!worker) return;
  remove(simulation, worker);
  putBack(worker.job, worker.token);
}

function complete(world: World, index: number): void {
  const conversation = choose(ownedConversations(world), index);
  if (conversation) conversation.isActive = false;
}

/** The queue removes a completed job: a redelivery of its application is a new job. */
function forget({ jobs }: World, job: QueueJob | undefined): void {
  for (const [key, known] of jobs) if (known === job) jobs.delete(key);
}

function stepMove(simulation: Simulation): void {
  simulation.mover ??= moveBucket(simulation.world);
  if (simulation.mover.next().done) simulation.mover = undefined;
}

function apply(simulation: Simulation, action: Action): void {
  const { world, workers } = simulation;
  switch (action.kind) {
    case 'deliver':
      receive(world, action.event);
      break;
    case 'take':
      take(simulation, choose(jobsIn(world, 'waiting'), action.n));
      break;
    case 'step':
      step(simulation, choose(workers, action.n));
      break;
    case 'crash':
      crash(simulation, choose(workers, action.n));
      break;
    case 'expire':
      expire(choose(jobsIn(world, 'active'), action.n));
      break;
    case 'complete':
      complete(world, action.n);
      break;
    case 'forget':
      forget(world, choose(jobsIn(world, 'completed'), action.n));
      break;
    case 'queues':
      world.queueCount = action.count;
      break;
    case 'lose queues':
      loseQueues(world);
      break;
    case 'start move':
      world.move ??= { bucket: action.bucket, target: action.target };
      break;
    case 'step move':
      stepMove(simulation);
      break;
    case 'crash move':
      simulation.mover = undefined;
  }
}

/** Returns the next action that brings all work to its end, without a fault. */
function nextUntilDone({ world, workers, mover }: Simulation): Action | undefined {
  if (world.move ?? mover) return { kind: 'step move' };
  if (workers.length > 0) return { kind: 'step', n: 0 };
  if (jobsIn(world, 'waiting').length > 0) return { kind: 'take', n: 0 };
  return undefined;
}

/**
 * Runs the actions, then all work that is left, and checks the rules after each of them.
 * @throws Error that names the rule that is broken
 */
export function simulate(actions: readonly Action[], flaw?: Flaw): void {
  const simulation: Simulation = { world: createWorld(), workers: [], mover: undefined, flaw };
  const finals: FinalOutcomes = new Map();
  const run = (next: Action) => {
    apply(simulation, next);
    checkRules(simulation.world, finals);
  };
  actions.forEach(run);
  let steps = 0;
  for (let next = nextUntilDone(simulation); next; next = nextUntilDone(simulation)) {
    if (++steps > MOST_STEPS) throw new Error('the work does not end');
    run(next);
  }
  checkComplete(simulation.world);
}
