import { ConvError } from '../../lib/errors';
import type { InputEvent } from './input';
import { createKeyedQueue } from './keyed-queue';
import { resultRow, unreadableRow, type SendRow } from './rows';
import { sendLine, type LineResult, type SendOptions } from './send-line';
import type { Settled, Tally } from './tally';

export interface SendAllOptions extends Omit<SendOptions, 'signal'> {
  /** How many events are sent at once. */
  concurrency: number;
  /** Ends the work, also from outside. Its reason says why. */
  stop: AbortController;
  tally: Tally;
  print: (row: SendRow) => Promise<void>;
}

function classify(result: LineResult): Settled {
  if (result.gaveUp) return 'gaveUp';
  if (!result.application) return 'refused';
  return result.outcomeMissed ? 'outcomeMissed' : 'accepted';
}

/** Returns the error that ends the run, because other events would only wait as long as this one. */
function stopError(line: number, { status, problem = '' }: LineResult): Error {
  if (status === null) return new ConvError('NOT_READY', problem);
  return new Error(`stopped at line ${line}, because conv answers ${status}: ${problem}`);
}

/** Passes events on and notes each in the tally. */
async function* track(events: AsyncIterable<InputEvent>, tally: Tally): AsyncGenerator<InputEvent> {
  for await (const event of events) {
    tally.start(event.line);
    yield event;
  }
}

/**
 * Sends events with several requests at once; those of one candidate in the order of the input. Prints a row for each. Ends at the
 * end of the input, or early with a reason in `stop`: an interruption, an unreadable input, or a conv that answers nothing.
 */
export async function sendAll(events: AsyncIterable<InputEvent>, options: SendAllOptions): Promise<void> {
  const { stop, tally, print } = options;
  const sendOptions = { ...options, signal: stop.signal };
  const inOrder = createKeyedQueue();
  const tracked = track(events, tally);
  let answers = 0;

  async function send(event: InputEvent, body: string): Promise<void> {
    const answersBefore = answers;
    const result = await sendLine(sendOptions, body);
    if (!result.gaveUp) answers += 1;
    await print(resultRow(event, result));
    tally.settle(event.line, classify(result));
    if (result.gaveUp && answers === answersBefore) throw stopError(event.line, result);
  }

  async function handle(event: InputEvent): Promise<void> {
    if ('body' in event) return inOrder(event.candidateId, () => send(event, event.body));
    await print(unreadableRow(event.line, event.problem));
    tally.settle(event.line, 'refused');
  }

  async function work(): Promise<void> {
    try {
      for await (const event of tracked) {
        if (stop.signal.aborted) return;
        await handle(event);
      }
    } catch (error) {
      stop.abort(error); // The first reason stays.
    }
  }

  await Promise.all(Array.from({ length: options.concurrency }, work));
}
