import { callQueue, type ApplicationQueue } from '../../queue/applications';
import { EXIT, errorLine } from '../exit-codes';
import { WAITING, pauseQueue } from '../pause';
import { pluralize } from '../../lib/pluralize';
import { resumeQueue } from '../resume';
import { listFailures, selectedIndex, type Question, type TopState } from './state';

/** What keys can do besides changing what is shown. */
export interface TopActions {
  queue: ApplicationQueue;
  /** Reads again at once. */
  refresh: () => void;
  /** Shows the state as it is now. */
  redraw: () => void;
  /** Ends the command with this exit code. */
  quit: (code: number) => void;
}

/** How far a key moves the selection. */
const STEPS: Readonly<Record<string, number>> = { up: -1, k: -1, down: 1, j: 1, pageup: -10, pagedown: 10 };

/** Returns the question whether to pause or to resume; null if it is not known what the queue does. */
function askPause({ reading }: TopState, { queue: open }: TopActions): Question | null {
  const [queue] = reading && 'value' in reading.overview ? reading.overview.value.queues : [];
  if (!queue) return null;
  if (queue.paused)
    return {
      text: `Resume processing? ${pluralize(queue.waiting + queue.delayed, 'application')} waiting. [y/N]`,
      confirm: () => callQueue(() => resumeQueue(open.queue, () => open.queue.resume())),
    };
  return {
    text: `Pause processing? ${WAITING.applications.replace(/^w/, 'W')}. [y/N]`,
    confirm: () => callQueue(() => pauseQueue('applications', open.queue)),
  };
}

/** Does what the question asks if the key is `y`; any other key cancels. */
async function answer(
  state: TopState,
  { confirm }: Question,
  key: string,
  actions: TopActions,
): Promise<void> {
  state.question = null;
  if (key !== 'y') {
    state.notice = 'canceled: nothing was changed';
    return;
  }
  try {
    state.notice = await confirm();
  } catch (error) {
    state.notice = errorLine(error) ?? '';
  }
  actions.refresh();
}

function handleOverviewKey(state: TopState, key: string, actions: TopActions): void {
  if (key === 'f') state.view = 'failures';
  if (key !== 'p') return;
  state.question = askPause(state, actions);
  if (state.question === null)
    state.notice = 'processing cannot be paused or resumed: Redis cannot be reached';
}

function handleFailuresKey(state: TopState, key: string, { refresh }: TopActions): void {
  const failures = listFailures(state);
  const index = selectedIndex(state);
  const step = STEPS[key];
  if (key === 'escape') state.view = 'overview';
  if (step !== undefined) {
    const next = Math.min(Math.max(0, index + step), failures.length - 1);
    state.selectedId = failures[next]?.id ?? null;
  }
  const selected = failures[index];
  if (key !== 'return' || !selected) return;
  Object.assign(state, { view: 'application', selectedId: selected.id });
  refresh();
}

/** Does what a key means in the present view. */
export async function handleKey(state: TopState, key: string, actions: TopActions): Promise<void> {
  const { question, view } = state;
  state.notice = '';
  if (key === 'C-c') actions.quit(EXIT.interrupted);
  else if (question) await answer(state, question, key, actions);
  else if (key === 'q') actions.quit(EXIT.ok);
  else if (view === 'overview') handleOverviewKey(state, key, actions);
  else if (view === 'failures') handleFailuresKey(state, key, actions);
  else if (key === 'escape') state.view = 'failures';
  actions.redraw();
}
