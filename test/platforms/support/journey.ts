import { SCOPES } from '../../../src/lib/domain';
import { createSecret } from '../../../src/lib/signature';
import { parseJson, runInProcess, successOutput } from '../../support/cli';
import { eventually } from '../../support/eventually';
import { applicationEvent } from '../../support/factories';
import { startProcess } from '../../support/processes';
import { ndjson } from '../../support/send';
import { basicAuth, call, type TestWeb } from '../../support/web';
import type { TestReceiver } from '../../push/support/receiver';

/** Addresses of the stores, with the rights to be tested. */
export interface Addresses {
  url: string;
  redisUrl: string;
  prefix: string;
}

const PATHS = ['/readyz', '/applications', '/conversations', '/events'];
const BOARD = '/admin/queues/api/queues?activeQueue=applications&status=completed&page=1';
/** Two conversations, two moves and a rejection. */
const EVENTS = 5;

/** Lines of `conv` that read, or change something and can run again. */
const COMMANDS = [
  ['list'],
  ['apps', 'stats'],
  ['queue', 'stats'],
  ['queue', 'failed'],
  ['reconcile'],
  ['events', '--since', '1h'],
  ['events', 'deliveries'],
  ['events', 'redeliver', '--since', '1h', '--yes'],
  ['queue', 'pause', 'applications'],
  ['queue', 'resume', 'applications'],
  ['doctor'],
];

type Conv = (args: readonly string[], input?: string) => ReturnType<typeof runInProcess>;

interface Sent {
  id: string;
  status: string;
  conversation_id: string | null;
}

/** Two applications of one candidate: the first is accepted, the other rejected until the conversation is completed. */
async function sendAndReplay(conv: Conv, web: TestWeb): Promise<string[]> {
  const first = applicationEvent();
  const second = applicationEvent({ candidate_id: first.candidate_id });
  const access = ['--url', web.url, '--secret', web.secret, '--token', web.token];
  const args = ['send', '-', ...access, '--concurrency', '1', '--wait', '-o', 'json'];
  const sent = parseJson<Sent[]>(await conv(args, ndjson([first, second])));
  const id = sent.find((row) => row.id === first.id)?.conversation_id ?? '';
  for (const status of ['ONGOING', 'COMPLETED']) await call(web, 'PATCH', `/conversations/${id}`, { status });
  const replayed = parseJson<Sent[]>({
    ...(await conv(['replay', second.id, '--wait', '-o', 'json'])),
    stderr: '',
  });
  successOutput({ ...(await conv(['candidate', 'erase', first.candidate_id, '--yes'])), stderr: '' });
  return [...sent, ...replayed].map((row) => row.status);
}

/** What the journey should return. */
export const COMPLETE = {
  outcomes: ['ACCEPTED', 'REJECTED', 'ACCEPTED'],
  pushed: EVENTS,
  paths: PATHS.map((path) => `${path} 200`),
  board: 200,
  commands: COMMANDS.map((args) => `${args.join(' ')}: 0`),
  exits: [0, 0],
};

/** Sends applications to real processes, moves, replays, erases, pushes and reads. Returns what happened. */
export async function makeJourney(
  { url, redisUrl, prefix }: Addresses,
  receiver: TestReceiver,
): Promise<typeof COMPLETE> {
  const secret = createSecret();
  const stores = { DATABASE_URL: url, REDIS_URL: redisUrl, QUEUE_PREFIX: prefix };
  const env = {
    ...stores,
    WEBHOOK_SECRETS: secret,
    EVENTS_URL: receiver.url,
    EVENTS_SECRET: receiver.secret,
  };
  const conv: Conv = (args, input = '') => runInProcess(args, env, { input });
  const scopes = SCOPES.join(',');
  const created = await conv(['token', 'create', '--name', 'journey', '--scope', scopes, '-o', 'json']);
  const { token } = JSON.parse(created.stdout) as { token: string };
  const web = await startProcess('web', { url }, { redisUrl, prefix }, env);
  const worker = await startProcess('worker', { url }, { redisUrl, prefix }, env);
  await eventually(() => /pushing (is switched on|continues)/.test(worker.output())); // Earlier events are not pushed.
  const target = { url: web.url ?? '', secret, token };
  const before = receiver.accepted().length;
  try {
    const outcomes = await sendAndReplay(conv, target);
    await eventually(() => receiver.accepted().length >= before + EVENTS);
    const paths = [];
    for (const path of PATHS) paths.push(`${path} ${(await call(target, 'GET', path)).status}`);
    const board = (await fetch(target.url + BOARD, { headers: basicAuth(token) })).status;
    const commands = [];
    for (const args of COMMANDS) commands.push(`${args.join(' ')}: ${(await conv(args)).code}`);
    const pushed = receiver.accepted().length - before;
    const exits = [(await worker.stop()) ?? -1, (await web.stop()) ?? -1];
    return { outcomes, pushed, paths, board, commands, exits };
  } finally {
    await Promise.all([worker.stop(), web.stop()]);
  }
}
