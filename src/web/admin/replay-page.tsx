import type { ReactElement } from 'react';
import { countRunOutcomes, findRun, type ReplayedCount, type ReplayRun } from '../../applications/replay-run';
import { ConvError } from '../../lib/errors';
import { pluralize } from '../../lib/pluralize';
import type { Context, WebDeps } from '../context';
import { Facts, Reason, Status, Table, Time } from './components';
import { formatNumber } from './figures';
import { FAILED_PATH, failureGroupLink, REPLAY_FAILED_PATH, replayRunLink } from './links';
import { Live, type LiveContent } from './live';
import { sendPage } from './page';
import type { FailureSelection } from './failure-selection';

/** Asks whether to replay the selected applications. */
export function sendConfirmPage(ctx: Context, { reason, ids, total, count }: FailureSelection): void {
  const what = pluralize(count, 'application');
  sendPage(
    ctx,
    `Replay ${what}?`,
    <>
      <h1>Replay {what}?</h1>
      {count < total && (
        <p className="notice">
          {pluralize(total, 'application')} FAILED with this error. One replay takes the oldest{' '}
          {formatNumber(count)}; then replay the next.
        </p>
      )}
      {reason !== null && <p>Their error: {reason}</p>}
      <p>
        {count === 1 ? 'It is' : 'They are'} processed again, with the data that the sender sent. Repair the
        cause first, otherwise {count === 1 ? 'it fails' : 'they fail'} again.
      </p>
      <form method="post" action={REPLAY_FAILED_PATH}>
        {reason !== null && <input type="hidden" name="reason" value={reason} />}
        {ids.map((id) => (
          <input key={id} type="hidden" name="id" value={id} />
        ))}
        <input type="hidden" name="count" value={count} />
        <button className="primary">Replay {what}</button>{' '}
        <a href={reason === null ? FAILED_PATH : failureGroupLink(reason)}>Cancel</a>
      </form>
    </>,
  );
}

function describeState({ state, error }: ReplayRun, pending: number): string {
  if (state === 'RUNNING') return 'Running. You may close this page, it goes on.';
  if (state === 'STOPPED')
    return `Stopped: ${error ?? ''}. The others are FAILED as before: replay them on the page Failed.`;
  return pending > 0 ? 'All are replayed, and wait for their outcome.' : 'Done.';
}

function renderRun(run: ReplayRun, outcomes: readonly ReplayedCount[]): LiveContent {
  const replayed = outcomes.reduce((sum, { count }) => sum + count, 0);
  const pending = outcomes.find(({ status }) => status === null)?.count ?? 0;
  const isFinal = run.state !== 'RUNNING' && pending === 0;
  const content = (
    <>
      <p className="box" role="status" data-live="state">
        {describeState(run, pending)}
      </p>
      <div data-live="progress">
        <Facts
          facts={[
            ['Replayed', `${formatNumber(replayed)} of ${formatNumber(run.total)}`],
            [
              'Skipped',
              `${formatNumber(run.skipped)} (in the queue already, has a conversation, or was erased)`,
            ],
            ['Without outcome yet', formatNumber(pending)],
            ['Started', <Time key="started" at={run.started_at} />],
            ['By token', run.asked_by],
          ]}
        />
      </div>
      <h2>Outcomes</h2>
      <Outcomes outcomes={outcomes.filter(({ status }) => status !== null)} />
    </>
  );
  return { content, isFinal };
}

function Outcomes({ outcomes }: { outcomes: readonly ReplayedCount[] }): ReactElement {
  const columns = ['Outcome', 'Reason', 'Applications'];
  const rows = outcomes.map(({ status, reason, count }) => ({
    key: `${status ?? ''} ${reason ?? ''}`,
    cells: [<Status status={status ?? ''} />, <Reason reason={reason} />, formatNumber(count)],
  }));
  return <Table label="Outcomes" columns={columns} rows={rows} none="None yet." live="outcomes" />;
}

/** Returns how far a replay is. @throws ConvError NOT_FOUND, also a day after its start */
export async function readRunContent({ database, queue }: WebDeps, id: string): Promise<LiveContent> {
  const run = await findRun(queue, id);
  if (!run)
    throw new ConvError('NOT_FOUND', `there is no replay ${JSON.stringify(id)}; conv forgets it after a day`);
  return renderRun(run, await countRunOutcomes(database, queue, id));
}

/** Sends how far a replay is. */
export async function sendRunPage(ctx: Context, deps: WebDeps, id: string): Promise<void> {
  const { content, isFinal } = await readRunContent(deps, id);
  sendPage(
    ctx,
    'Replay',
    <>
      <p>
        <a href={FAILED_PATH}>All errors</a>
      </p>
      <h1>Replay</h1>
      <Live stream={isFinal ? null : `${replayRunLink(id)}/stream`}>{content}</Live>
    </>,
    { isLive: true },
  );
}
