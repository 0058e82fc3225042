import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { version } from '../../package.json';
import { COMMAND_LIST } from '../../src/cli/command-list';
import { describeCompletions } from '../../src/cli/completion';
import { processIo } from '../../src/cli/io';
import { createProgram } from '../../src/cli/program';
import { runInProcess, splitLines } from '../support/cli';

/** These settings make every command fail that reads them. */
const INVALID_SETTINGS = { DATABASE_URL: 'nonsense', REDIS_URL: 'nonsense', PORT: 'x' };
const conv = (...args: string[]) => runInProcess(args, INVALID_SETTINGS);

const COMMANDS = [
  'find',
  'list',
  'show',
  'move',
  'apps',
  'candidate',
  'events',
  'replay',
  'send',
  'seed',
  'queue',
  'doctor',
  'top',
  'token',
  'context',
  'db',
  'dev',
  'demo',
  'completion',
  'help',
];

describe('--help', () => {
  it('lists every command and reads no settings', async () => {
    const { code, stdout, stderr } = await conv('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b.* {2}[A-Z]`, 'm'));
  });

  it.each([
    ...COMMANDS.map((name) => [name]),
    ['apps', 'list'],
    ['token', 'create'],
    ['db', 'migrate'],
    ['queue', 'stats'],
  ])('prints the usage of %s %s', async (...command) => {
    const { code, stdout, stderr } = await conv(...command, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: conv ${command.join(' ')}`);
  });

  it('is what conv help prints', async () => {
    expect(await conv('help')).toEqual(await conv('--help'));
  });

  it.each([['list'], ['queue', 'stats'], ['events', 'deliveries']])(
    'of %s %s is what conv help prints for it',
    async (...command) => {
      expect(await conv('help', ...command)).toEqual(await conv(...command, '--help'));
    },
  );

  it('lists the commands in groups', async () => {
    const { stdout } = await conv('--help');
    const groups = splitLines(stdout).filter((line) => /^[A-Z].*:$/.test(line));
    expect(groups).toEqual(['Options:', 'Query:', 'Repair:', 'Operate:', 'Set up:']);
  });

  it('shows two examples of each command that does something', async () => {
    const commands = describeCompletions(await createProgram(processIo({})))
      .filter(({ path, subcommands }) => path === 'events' || subcommands.length === 0)
      .map(({ path }) => path);
    const helps = await Promise.all(commands.map((path) => conv(...path.split(' '), '--help')));
    const examples = /\nExamples:\n {2}\$ .*conv .*\n {2}\$ .*conv .*\n$/;
    expect(commands.filter((_, index) => !examples.test(helps[index]?.stdout ?? ''))).toEqual([]);
  });

  it('lists each command with the arguments that it takes', async () => {
    const { commands } = await createProgram(processIo({}));
    const usages = commands.map((command) =>
      `${command.name()} ${command.usage()}`.replaceAll(/ \[(options|command)\]/g, ''),
    );
    expect(usages).toEqual(Object.values(COMMAND_LIST).flatMap((list) => list.map(({ usage }) => usage)));
  });

  it('names every status of an application, DEFERRED included', async () => {
    const help = (await conv('apps', 'list', '--help')).stdout.replaceAll(/\s+/g, ' ');
    expect(help).toContain('ACCEPTED, REJECTED, DEFERRED or FAILED');
  });

  it('loads no command and no package but commander, so that it is quick', async () => {
    const main = join(__dirname, '../../dist/src/cli/main.js');
    const script = `process.argv[2] = '--help'; require(${JSON.stringify(main)});
      process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')));`;
    const { stderr } = await promisify(execFile)(process.execPath, ['-e', script, 'conv']);
    const loaded = splitLines(stderr).map((file) => /cli\/commands|node_modules\/[^/]+/.exec(file)?.[0]);
    expect([...new Set(loaded)]).toEqual([undefined, 'node_modules/commander']);
  });
});

it.each(['--version', '-V'])('%s prints the version of package.json', async (flag) => {
  expect(await conv(flag)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('wrong usage exits 2 and prints nothing on standard output', () => {
  it.each([
    ['an unknown command', ['lists'], /unknown command 'lists'/],
    ['an unknown subcommand', ['db', 'drop'], /unknown command 'drop'/],
    ['an unknown flag', ['list', '--colour'], /unknown option '--colour'/],
    ['a mistyped command', ['lst'], /Did you mean list\?/],
    ['help of an unknown command', ['help', 'queue', 'state'], /unknown command 'state'/],
    ['too many arguments', ['move', 'a', 'ONGOING', 'c'], /too many arguments/],
    ['a missing argument', ['show'], /missing required argument 'id'/],
    ['no command', [], /Usage: conv/],
    ['no subcommand', ['apps'], /Usage: conv apps/],
    ['a wrong duration', ['send', '-', '--retry-for', '2 minutes'], /Expected a duration such as 30s or 2m/],
    ['a port that is too high', ['dev', '--port', '70000'], /from 0 to 65535/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await conv(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('and points to the help of the command', async () => {
    expect((await conv('lists')).stderr).toContain('Run `conv --help` for the list of commands.');
    expect((await conv('db', 'drop')).stderr).toContain('Run `conv db --help` for its usage.');
    expect((await conv('show')).stderr).toContain('Run `conv show --help` for its usage.');
  });
});

describe.each([['list'], ['apps', 'list']])('conv %s %s', (...command) => {
  it.each([
    ['1h', '2h'],
    ['1h', '1h'],
    ['2026-01-31', '2026-01-31'],
  ])('exits 2 for --since %s --until %s, an empty time window', async (since, until) => {
    const { code, stdout, stderr } = await conv(...command, '--since', since, '--until', until);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^conv: the time window is empty: --since \S+Z is not before --until \S+Z\n$/);
  });
});

it('names a wrong setting before it starts a local stack', async () => {
  const { code, stderr } = await runInProcess(['dev'], { PORT: 'abc' });
  expect(code).toBe(2);
  expect(stderr).toContain('PORT');
});
