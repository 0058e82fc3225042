import { NO_STACK, type Ran } from '../support/cli';
import { runConv } from '../support/processes';

/** Settings that stop whoever reads them: nothing here may touch a store. */
const NONSENSE = { DATABASE_URL: 'nonsense', REDIS_URL: 'nonsense', PORT: 'x', CONV_HOME: NO_STACK };
const conv = (...args: string[]): Promise<Ran> => runConv(args, NONSENSE);

const COMMANDS = [
  'list',
  'show',
  'move',
  'apps',
  'replay',
  'seed',
  'send',
  'queue',
  'token',
  'db',
  'dev',
  'demo',
];

describe('--help', () => {
  it('names every command and touches no store', async () => {
    const { code, stdout, stderr } = await conv('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
  });

  it.each([
    ...COMMANDS.map((name) => [name]),
    ['apps', 'list'],
    ['token', 'create'],
    ['db', 'migrate'],
    ['queue', 'stats'],
  ])('of %s %s exits 0', async (...command) => {
    const { code, stdout, stderr } = await conv(...command, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: conv ${command.join(' ')}`);
  });

  it('is what help prints too', async () => {
    expect(await conv('help')).toEqual(await conv('--help'));
  });
});

describe('wrong usage exits 2 and prints nothing on standard output', () => {
  it.each([
    ['an unknown command', ['lists'], /unknown command 'lists'/],
    ['an unknown subcommand', ['db', 'drop'], /unknown command 'drop'/],
    ['an unknown flag', ['list', '--colour'], /unknown option '--colour'/],
    ['an unknown format', ['list', '-o', 'yaml'], /table, json, ndjson, csv, ids/],
    ['too many arguments', ['move', 'a', 'ONGOING', 'c'], /too many arguments/],
    ['a missing argument', ['show'], /missing required argument 'id'/],
    ['no command', [], /Usage: conv/],
    ['no subcommand', ['apps'], /Usage: conv apps/],
    ['a port that is none', ['dev', '--port', '70000'], /65535/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await conv(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('and points to --help', async () => {
    expect((await conv('lists')).stderr).toContain('conv --help');
  });
});
