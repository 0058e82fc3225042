import { PassThrough } from 'node:stream';
import { parseCells, splitLines } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { containing } from '../support/matchers';
import { useQueue } from '../support/queue';
import { ndjson, parseRows, sendInput } from '../support/send';
import { readApplication, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const send = (args: string[], input: string) => sendInput(web, args, input);
const refusedEvent = () => applicationEvent({ candidate: { ...CANDIDATE, phone_number: '+1234567890' } });

describe('a row', () => {
  it('has the line and the id of an event that is refused, with the reason', async () => {
    const [refused, accepted] = [refusedEvent(), applicationEvent()];
    const { code, stdout, stderr } = await send([], `\n\n${ndjson([refused])}\n${ndjson([accepted])}`);
    expect([code, stderr]).toEqual([1, '1 of 2 events were not accepted\n']);
    expect(parseCells(stdout).sort()).toEqual([
      ['3', refused.id, '422', '', containing('/candidate/phone_number'), ''],
      ['5', accepted.id, '202', 'QUEUED', '', ''],
    ]);
  });

  it('has no id if the event has none', async () => {
    const [row] = parseRows(await send(['-o', 'json'], '{"job_id":"job-1"}'));
    expect(row).toMatchObject({ line: 1, id: null, http: 422, status: null, conversation_id: null });
  });

  it('has the same columns as CSV, whatever comes first', async () => {
    const { stdout } = await send(
      ['-o', 'csv', '--concurrency', '1'],
      ndjson([refusedEvent(), applicationEvent()]),
    );
    const [heading = '', ...rows] = splitLines(stdout);
    expect(heading).toMatch(/^line,id,http,status,reason,conversation_id,/);
    expect(rows.map((row) => row.split(',')[0])).toEqual(['1', '2']);
  });

  it('is an id with -o ids only if the event was accepted; the others are notices', async () => {
    const event = applicationEvent();
    const { stdout, stderr } = await send(['-o', 'ids'], ndjson([refusedEvent(), event]));
    expect(stdout).toBe(`${event.id}\n`);
    expect(stderr).toMatch(
      /^line 1: HTTP 422, \/candidate\/phone_number.*\n1 of 2 events were not accepted\n$/,
    );
  });
});

describe('a line that is not JSON', () => {
  it.each([
    ['first', (good: string[]) => ['{"id":', ...good], 1],
    ['between others', ([a = '', ...rest]: string[]) => [a, 'x', ...rest], 2],
    ['last', (good: string[]) => [...good, '}'], 3],
  ])('is a row with its number, and the rest is sent: %s', async (_, mix, line) => {
    const events = [applicationEvent(), applicationEvent()];
    const result = await send(['-o', 'json'], mix(events.map((event) => JSON.stringify(event))).join('\n'));
    expect(result.code).toBe(1);
    expect(parseRows(result).filter(({ http }) => http !== 202)).toMatchObject([
      { line, id: null, http: null, status: null, reason: 'the line is not JSON', conversation_id: null },
    ]);
    for (const { id } of events) expect((await readApplication(web, id)).id).toBe(id);
  });

  it('is a row if it is not UTF-8', async () => {
    const stdin = new PassThrough();
    stdin.end(
      Buffer.concat([Buffer.from(ndjson([applicationEvent()])), Buffer.from('{"id":"\xe9"}', 'latin1')]),
    );
    const rows = parseRows(await sendInput(web, ['-o', 'json'], '', { stdin }));
    expect(rows).toMatchObject([{ http: 202 }, { line: 2, http: null, reason: 'the line is not UTF-8' }]);
  });

  it('is a row if it is longer than a megabyte', async () => {
    const long = JSON.stringify({ id: 'x'.repeat(2_000_000) });
    const rows = parseRows(await send(['-o', 'json'], `${ndjson([applicationEvent()])}${long}\n`));
    expect(rows).toMatchObject([{ http: 202 }, { line: 2, http: null, reason: containing('longer than') }]);
  });
});

it('prints the answer of conv to an event that is too long', async () => {
  const event = applicationEvent({ job_id: 'x'.repeat(900_000) });
  const rows = parseRows(await send(['-o', 'json'], ndjson([event, applicationEvent()])));
  expect(rows).toMatchObject([{ line: 1, id: event.id, http: 413 }, { http: 202 }]);
});

it.each(['ndjson', 'csv', 'ids', 'table'])('prints rows as they come: -o %s', async (format) => {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  let output = '';
  stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [first, second] = [applicationEvent(), applicationEvent()];
  const ended = sendInput(web, ['-o', format], '', { stdin, stdout });
  stdin.write(ndjson([first]));
  await eventually(() => output.includes(first.id));
  stdin.end(ndjson([second]));
  expect((await ended).code).toBe(0);
  expect(output).toContain(second.id);
});

it('prints a table with a heading on a terminal', async () => {
  const stdout = new PassThrough();
  const event = applicationEvent();
  await sendInput(web, [], ndjson([event]), { stdout, stdoutIsTerminal: true });
  const lines = splitLines((stdout.read() as Buffer).toString());
  expect(lines.map((line) => line.split(/ +/).slice(0, 2))).toEqual([
    ['LINE', 'ID'],
    ['1', event.id],
  ]);
});

describe('--from-line', () => {
  it('leaves out the lines before it', async () => {
    const events = [applicationEvent(), applicationEvent(), applicationEvent()];
    const rows = parseRows(await send(['-o', 'json', '--from-line', '3'], `\n${ndjson(events)}`));
    expect(rows.map(({ line, id }) => [line, id])).toEqual([
      [3, events[1]?.id],
      [4, events[2]?.id],
    ]);
  });

  it('is wrong usage after the last line', async () => {
    const { code, stderr } = await send(['--from-line', '3'], ndjson([applicationEvent()]));
    expect([code, stderr]).toEqual([2, containing('no events from line 3 on: nothing was sent')]);
  });
});
