import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { createSecret } from '../../src/lib/signature';
import { GUIDES } from '../../src/web/docs/guides';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { like } from '../support/matchers';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { countOpenJobs, enqueue } from '../support/queue-jobs';
import { useReader } from './support/reader';
import { withoutIds } from './support/samples';

const stores = useDatabase();
const queue = useQueue();
const reader = useReader(stores, queue);

const FOLLOWERS = ['node follow.mjs', 'python3 follow.py'];
const RECEIVERS = ['node receiver.mjs', 'python3 receiver.py'];
/** Run by tests of their own: they do not end by themselves, or need a receiver that runs. */
const isSpecial = (command: string) =>
  ['node stream.mjs', ...FOLLOWERS, ...RECEIVERS].includes(command.trim()) ||
  command.includes('EVENTS_SECRET#');

function samplesOf(guide: string) {
  return reader.samples.get(guide) ?? [];
}

/** Sends an application as another sender would, and waits for its conversation. */
async function acceptApplication(): Promise<{ id: string; conversationId: string }> {
  const event = applicationEvent();
  await enqueue(queue, event);
  const { conversationId } = await eventually(() => stores.database.applications.findByPk(event.id));
  return { id: event.id, conversationId: conversationId ?? '' };
}

// The guides follow each other: each shows what the samples before it sent.
it.each(GUIDES)('$name: every sample prints what the page shows', async ({ name }) => {
  const samples = samplesOf(name).filter(({ command }) => !isSpecial(command));
  expect(samples.length).toBeGreaterThan(0);
  for (const { command, output = '' } of samples) {
    const { code, stdout, stderr } = await reader.run(command);
    const shown = { command, code: 0, stdout: withoutIds(output).trim(), stderr: '' };
    expect({ command, code, stdout: withoutIds(stdout).trim(), stderr }).toEqual(shown);
    await eventually(async () => (await countOpenJobs(queue)) === 0);
  }
});

it('node stream.mjs prints each accepted application', async () => {
  const stream = reader.start('node stream.mjs');
  await eventually(() => stream.lines().includes('conversation.created curl-1'));
  const { id } = await acceptApplication();
  await eventually(() => stream.lines().includes(`conversation.created ${id}`));
  await stream.kill();
  expect(stream.lines()).toEqual([...new Set(stream.lines())]);
});

it.each(FOLLOWERS)('%s handles each event once, though it is killed', async (command) => {
  const wroteTo = (id: string) => `wrote to the candidate of ${id}`;
  const first = reader.start(command);
  await eventually(() => first.lines().includes(wroteTo('curl-1')));
  await first.kill();
  const { id } = await acceptApplication();
  const second = reader.start(command);
  await eventually(() => second.lines().includes(wroteTo(id)));
  await second.kill();
  const lines = [...first.lines(), ...second.lines()];
  expect(lines[0]).toBe(wroteTo('curl-1'));
  expect(lines).toEqual([...new Set(lines)]);
});

/** A command that ends by itself: in a folder of its own, with this text as the cursor that the program saved last. */
function followAfter(command: string, cursor: string): string {
  const [program = '', file = ''] = command.split(' ');
  const folder = program === 'node' ? 'follow-node' : 'follow-python';
  return `mkdir -p other/${folder}; cd other; printf %s '${cursor}' > ${folder}/cursor; ${program} ../${file}`;
}

it.each(FOLLOWERS)('%s ends with the detail of a 410', async (command) => {
  const { code, stderr } = await reader.run(followAfter(command, randomUUID()));
  expect([code, stderr.trim()]).toEqual([1, like(/^410 no event has the id that "after" names/)]);
});

it.each(FOLLOWERS)('%s ends with the detail of a 401', async (command) => {
  const { code, stderr } = await reader.run(followAfter(command, ''), { CONV_TOKEN: 'conv_unknown' });
  expect([code, stderr.trim()]).toEqual([1, '401 the token is unknown, expired or revoked']);
});

it.each(FOLLOWERS)('%s waits as long as Retry-After says', async (command) => {
  const seen: string[] = [];
  const server = createServer((_request, response) => {
    seen.push('request');
    if (seen.length === 1) setTimeout(() => seen.push('two seconds'), 2000);
    response.writeHead(503, { 'Retry-After': '3' }).end('{"detail":"busy"}');
  }).listen(0, '127.0.0.1');
  atEnd(() => Promise.resolve(server.close()));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const follower = reader.start(command, { CONV_URL: `http://127.0.0.1:${port}` });
  await eventually(() => seen.length >= 3);
  await follower.kill();
  expect(seen.slice(0, 3)).toEqual(['request', 'two seconds', 'request']);
});

describe.each(RECEIVERS)('%s', (command) => {
  async function startReceiver(secret: string) {
    const receiver = reader.start(command, { EVENTS_SECRET: secret, PORT: '0' });
    const line = await eventually(() => receiver.lines()[0]);
    const port = line.replace('listening on port ', '');
    return { receiver, port };
  }

  it('accepts a signed event twice, prints it once, and refuses a wrong signature', async () => {
    const secret = createSecret();
    const { receiver, port } = await startReceiver(secret);
    const samples = samplesOf('receive-pushes').filter(({ command }) => command.includes('EVENTS_SECRET#'));
    const [sample] = samples;
    const { stdout } = await reader.run(sample?.command ?? '', { EVENTS_SECRET: secret, PORT: port });
    expect(stdout).toBe(sample?.output);
    expect(receiver.lines().slice(1)).toEqual(['conversation.created conversation-1']);
    await receiver.kill();
  });

  it('accepts what a worker pushes', async () => {
    const secret = createSecret();
    const { receiver, port } = await startReceiver(secret);
    await switchPushingOn(stores.database);
    const env = { EVENTS_URL: `http://127.0.0.1:${port}/`, EVENTS_SECRET: secret };
    const worker = await startProcess('worker', stores, queue, env);
    const { conversationId } = await acceptApplication();
    await eventually(() => receiver.lines().includes(`conversation.created ${conversationId}`));
    await worker.stop();
    await receiver.kill();
  });
});

it.each(['node retry.mjs', 'python3 retry.py'])('%s obeys the Retry-After of a 429', async (command) => {
  const web = await startProcess('web', stores, queue, {
    WEBHOOK_SECRETS: reader.secret,
    RATE_LIMIT: '1/s',
  });
  atEnd(() => web.stop());
  const { output } =
    samplesOf('errors-and-retries').find((sample) => sample.command.trim() === command) ?? {};
  const { stdout } = await reader.run(command, { CONV_URL: web.url });
  expect(stdout).toBe(output);
  expect(web.output()).toContain('"status":429');
});

it('runs every program of the pages', () => {
  const commands = GUIDES.flatMap(({ name }) => samplesOf(name).map(({ command }) => command));
  const programs = reader.files.map((file) => `${file.endsWith('.py') ? 'python3' : 'node'} ${file}\n`);
  expect(programs.filter((program) => !commands.includes(program))).toEqual([]);
});
