import fc from 'fast-check';
import { BUCKETS, SHARDS, type ApplicationEvent } from './world';

/** `n` chooses among the workers, jobs or conversations that there are. */
export type Action =
  | { kind: 'deliver'; event: ApplicationEvent }
  | { kind: 'take' | 'step' | 'crash' | 'expire' | 'complete' | 'forget'; n: number }
  | { kind: 'queues'; count: number }
  | { kind: 'start move'; bucket: number; target: number }
  | { kind: 'step move' | 'crash move' | 'lose queues' };

/** Few ids, so that most actions touch the same application or candidate. */
const id = (letter: string, count: number) => fc.nat(count - 1).map((n) => `${letter}${n}`);
const event = fc.record({ id: id('a', 3), candidate: id('c', 3), job: id('j', 2) });
const n = fc.nat(5);

const chosen = (kind: 'take' | 'step' | 'crash' | 'expire' | 'complete' | 'forget') =>
  n.map((value): Action => ({ kind, n: value }));

export const action = fc.oneof(
  { weight: 4, arbitrary: event.map((value): Action => ({ kind: 'deliver', event: value })) },
  { weight: 5, arbitrary: chosen('take') },
  { weight: 12, arbitrary: chosen('step') },
  { weight: 1, arbitrary: chosen('crash') },
  { weight: 2, arbitrary: chosen('expire') },
  { weight: 1, arbitrary: chosen('complete') },
  { weight: 2, arbitrary: chosen('forget') },
  { weight: 1, arbitrary: fc.constantFrom(1, 2).map((count): Action => ({ kind: 'queues', count })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(BUCKETS - 1), fc.nat(SHARDS - 1))
      .map(([bucket, target]): Action => ({ kind: 'start move', bucket, target })),
  },
  { weight: 3, arbitrary: fc.constant<Action>({ kind: 'step move' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: 'crash move' }) },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: 'lose queues' }) },
);
