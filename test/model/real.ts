import { randomUUID } from 'node:crypto';
import { eraseCandidate } from '../../src/candidates/erase';
import type {
  ApplicationView,
  ConversationView,
  FeedEvent,
  StoredApplicationEvent,
} from '../../src/lib/domain';
import { ConvError } from '../../src/lib/errors';
import { ERASED_REASON } from '../../src/lib/errors';
import { findJob } from '../../src/queue/applications';
import type { TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import type { TestQueue } from '../support/queue';
import { call, post, type TestWeb } from '../support/web';
import { countOpenJobs } from '../support/queue-jobs';
import type { Action, Seen } from './explain';
import type { Event } from './model';

const PHONE = '+1415555267';

/** Returns the number by which the model represents this data. */
const dataNumber = (phone: string | null | undefined) => (phone ? Number(phone.slice(PHONE.length)) : null);

/** The real system. Each run has its own ids, which start with the run's name. */
export interface Real {
  run: string;
  act(action: Action): Promise<string>;
  /** Waits until no job is open. */
  settled(): Promise<void>;
  hold(): Promise<void>;
  release(): Promise<void>;
  /** Reads everything about these applications and candidates. */
  see(ids: readonly string[], candidates: readonly string[]): Promise<Seen>;
}

/** Calls the web application by HTTP, and functions where HTTP has no call. */
export function realSystem(stores: TestDatabase, queue: TestQueue, web: TestWeb): Real {
  const run = randomUUID().slice(0, 8);
  const named = (name: string) => `${run}-${name}`;
  const bare = (name: string) => name.slice(run.length + 1);
  const { database } = stores;
  const conversations = new Map<string, string>();
  let cursor = '';
  const events: string[] = [];

  async function deliver({ id, candidate, job, data }: Event): Promise<string> {
    const person = { first_name: 'Jane', last_name: 'Doe', email_address: `jane.${data}@example.com` };
    const answer = await post(web, {
      id: named(id),
      job_id: named(job),
      candidate_id: named(candidate),
      candidate: { ...person, phone_number: PHONE + String(data) },
    });
    return answer.headers.has('Idempotent-Replayed') ? `${answer.status} again` : String(answer.status);
  }

  async function erase(candidate: string): Promise<string> {
    try {
      await eraseCandidate(database, queue.applications, named(candidate));
      return 'erased';
    } catch (error) {
      if (error instanceof ConvError && error.code === 'NOT_FOUND') return 'unknown';
      throw error;
    }
  }

  async function forget(id: string): Promise<string> {
    const found = await findJob(queue.applications, named(id));
    if (found?.state !== 'completed' && found?.state !== 'failed') return 'kept';
    await found.job.remove();
    return 'forgotten';
  }

  async function status(method: string, path: string, body?: object): Promise<string> {
    return String((await call(web, method, path, body)).status);
  }

  /** Reads again after 503, as clients do: on a busy machine a store may answer too late. */
  function get(path: string): Promise<Response> {
    return eventually(async () => {
      const response = await call(web, 'GET', path);
      return response.status !== 503 && response;
    });
  }

  async function read<T>(path: string, as: (body: never) => T): Promise<T> {
    return as((await (await get(path)).json()) as never);
  }

  async function outcome(id: string): Promise<string> {
    const response = await get(`/applications/${named(id)}`);
    if (response.status === 404) return '404';
    const { status: is, reason } = (await response.json()) as ApplicationView;
    if (is === 'PROCESSING') return 'QUEUED';
    return `${is} ${reason === ERASED_REASON ? 'ERASED' : (reason ?? '')}`.trim();
  }

  async function conversationsOfCandidate(candidate: string): Promise<Seen['conversations']> {
    const path = `/conversations?candidate_id=${named(candidate)}`;
    const found = await read(path, ({ data }: { data: ConversationView[] }) => data);
    for (const { id, application_id } of found) conversations.set(bare(application_id), id);
    return found.map((one) => ({
      application: bare(one.application_id),
      candidate: bare(one.candidate_id),
      job: bare(one.job_id),
      status: one.status,
    }));
  }

  /** Reads the events of this run; other runs share the feed. */
  async function follow(): Promise<string[]> {
    for (;;) {
      const path = `/events?limit=200${cursor && `&after=${cursor}`}`;
      const page = await read(path, (body: { data: FeedEvent[]; next_cursor: string | null }) => body);
      for (const { type, data } of page.data) {
        const id = 'application_id' in data ? data.application_id : data.id;
        if (id.startsWith(run)) events.push(`${type} ${bare(id)}`);
      }
      cursor = page.next_cursor ?? '';
      if (page.data.length === 0) return [...events];
    }
  }

  const storedData = (event: StoredApplicationEvent | null) => dataNumber(event?.candidate?.phone_number);

  async function readPersonalData(
    ids: readonly string[],
    candidates: readonly string[],
  ): Promise<Seen['data']> {
    const rows = await database.applications.findAll({ where: { id: ids.map(named) } });
    const people = await database.candidates.findAll({ where: { id: candidates.map(named) } });
    const jobs = await Promise.all(ids.map((id) => findJob(queue.applications, named(id))));
    const all = [
      ...rows.map(({ id, payload }): [string, number | null] => [`row ${bare(id)}`, storedData(payload)]),
      ...people.map(({ id, phoneNumber }): [string, number | null] => [
        `person ${bare(id)}`,
        dataNumber(phoneNumber),
      ]),
      ...ids.flatMap((id, n): [string, number | null][] => {
        const job = jobs[n]?.job;
        return job ? [[`job ${id}`, storedData(job.data.event)]] : [];
      }),
    ];
    return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  return {
    run,
    act(action) {
      switch (action.kind) {
        case 'deliver':
          return deliver(action.event);
        case 'replay':
          return status('POST', `/applications/${named(action.id)}/replay`);
        case 'move': {
          const id = conversations.get(action.id) ?? randomUUID();
          return status('PATCH', `/conversations/${id}`, { status: action.to });
        }
        case 'erase':
          return erase(action.candidate);
        case 'forget':
          return forget(action.id);
      }
    },
    settled: () => eventually(async () => (await countOpenJobs(queue)) === 0, 60_000).then(() => undefined),
    hold: () => queue.bullmq.pause(),
    release: () => queue.bullmq.resume(),
    async see(ids, candidates) {
      const [outcomes, found, happened, data] = await Promise.all([
        Promise.all(ids.map(async (id) => [id, await outcome(id)] as const)),
        Promise.all(candidates.map(conversationsOfCandidate)),
        follow(),
        readPersonalData(ids, candidates),
      ]);
      const sorted = found.flat().sort((a, b) => (a.application < b.application ? -1 : 1));
      return { outcomes: Object.fromEntries(outcomes), conversations: sorted, events: happened, data };
    },
  };
}
