import { findDeaths } from './managed-process';

const line = (pid: number, signal: string) =>
  JSON.stringify({
    level: 'error',
    part: 'web',
    pid,
    code: null,
    signal,
    msg: 'a web process ended and is replaced',
  });

it('finds a process of a web that ended and was not killed', () => {
  const output = [line(1, 'SIGKILL'), line(2, 'SIGSEGV')].join('\n');
  expect(findDeaths(output, new Set([1]))).toEqual([line(2, 'SIGSEGV')]);
});
