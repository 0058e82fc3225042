import { processIo } from './io';
import { runCli } from './program';

// A reader that closes the pipe early (`conv list | head`) is no error. A command with its own listener continues without the reader.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') === 1) process.exit(error.code === 'EPIPE' ? 0 : 1);
});

void runCli(process.argv.slice(2), processIo(process.env)).then((code) => {
  process.exitCode = code;
});
