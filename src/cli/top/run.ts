import { ConvError } from '../../lib/errors';
import { storedApplications } from '../backend/stores/applications';
import { printLine, type Io } from '../io';
import { printRecord } from '../output';
import type { TopFormat } from './formats';
import { drawOverview } from './overview-screen';
import { createReader, type Reading } from './reading';
import { createState } from './state';
import { withSystem } from './system';
import { watchTop } from './watch';

/** Prints one reading: as the overview shows it, or with all figures as json. */
async function printReading(io: Io, reading: Reading, format: TopFormat): Promise<void> {
  const { at, overview, failures } = reading;
  if ('problem' in overview) throw new ConvError('QUEUE_UNAVAILABLE', overview.problem);
  if (format === 'table') {
    printLine(io, drawOverview(io, reading, [], Infinity).join('\n'));
    return;
  }
  const state = { ...overview.value, totals: undefined, since: undefined }; // They are for the next reading.
  await printRecord(io, { at, ...state, failures: 'value' in failures ? failures.value : null }, format);
}

/** Shows the state of the whole system until the operator quits. Without a terminal, or as json, it is one reading. */
export async function runTop(io: Io, format: TopFormat): Promise<void> {
  const state = createState();
  const notify = (notice: string) => (state.notice = notice);
  await withSystem(io, async (deps) => {
    const applications = storedApplications(deps.database, (work) => work(deps.queue), notify);
    const read = createReader(deps, applications);
    const isWatched = io.stdoutIsTerminal && io.canPrompt && format === 'table';
    if (isWatched) await watchTop(io, state, read, deps.queue);
    else await printReading(io, await read(null), format);
  });
}
