import { Fragment, type ReactElement } from 'react';
import {
  countFailureGroup,
  countFailuresByJob,
  groupFailures,
  type FailureGroup,
  type FailuresOfJob,
} from '../../applications/failures';
import { listApplications } from '../../applications/list';
import type { ApplicationView } from '../../lib/domain';
import { pluralize } from '../../lib/pluralize';
import { shellWord } from '../../lib/shell-argument';
import type { Context, WebDeps } from '../context';
import { Command, Table, Time } from './components';
import { formatNumber } from './figures';
import {
  applicationLink,
  candidateLink,
  CONFIRM_REPLAY_PATH,
  FAILED_PATH,
  failureGroupLink,
  jobLink,
} from './links';
import { sendPage } from './page';
import { mayReplay, MayNotReplay } from './replay-permission';

const MOST_GROUPS = 100;
const PAGE_SIZE = 50;
const MOST_JOBS = 5;

function ReplayGroup({ reason, count }: Pick<FailureGroup, 'reason' | 'count'>): ReactElement {
  return (
    <form method="post" action={CONFIRM_REPLAY_PATH}>
      <input type="hidden" name="reason" value={reason} />
      <button aria-label={`Replay all ${formatNumber(count)} with the error ${reason}…`}>
        Replay all {formatNumber(count)}…
      </button>
    </form>
  );
}

/** Sends FAILED applications by their error. It contains no personal data. */
export async function sendFailedPage(ctx: Context, { database }: WebDeps): Promise<void> {
  const { groups, group_count, count } = await groupFailures(database, MOST_GROUPS);
  const canReplay = mayReplay(ctx);
  sendPage(
    ctx,
    'Failed',
    <>
      <h1>Failed</h1>
      <p>
        {count === 0
          ? 'No application is FAILED.'
          : `${pluralize(count, 'application')} FAILED. Find the cause by the error, repair it, then replay: first one, then the others.`}
      </p>
      {groups.length < group_count && (
        <p className="notice">
          The {MOST_GROUPS} most frequent of {formatNumber(group_count)} errors:
        </p>
      )}
      {count > 0 && !canReplay && <MayNotReplay />}
      {count > 0 && (
        <Table
          label="Errors"
          columns={['Error', 'Applications', 'First', 'Last', ...(canReplay ? ['Replay'] : [])]}
          rows={groups.map(({ reason, count: size, first_failed_at, last_failed_at }) => ({
            key: reason,
            cells: [
              <a href={failureGroupLink(reason)}>{reason}</a>,
              formatNumber(size),
              <Time at={first_failed_at} />,
              <Time at={last_failed_at} />,
              ...(canReplay ? [<ReplayGroup reason={reason} count={size} />] : []),
            ],
          }))}
        />
      )}
      <h2>In a terminal</h2>
      <Command>conv apps stats</Command>
    </>,
  );
}

function FailedTable({ applications }: { applications: readonly ApplicationView[] }): ReactElement {
  const columns = ['Select', 'Application', 'Candidate', 'Job', 'Received', 'Failed'];
  const rows = applications.map(({ id, candidate_id, job_id, received_at, processed_at }) => ({
    key: id,
    cells: [
      <input type="checkbox" name="id" value={id} aria-label={`Select ${id}`} />,
      <a href={applicationLink(id)}>{id}</a>,
      <a href={candidateLink(candidate_id)}>{candidate_id}</a>,
      <a href={jobLink(job_id)}>{job_id}</a>,
      <Time at={received_at} />,
      <Time at={processed_at} />,
    ],
  }));
  return <Table label="Failed applications" columns={columns} rows={rows} />;
}

/** Which jobs they are for: a cause often concerns one job only. */
function Jobs({ jobs, job_count }: { jobs: readonly FailuresOfJob[]; job_count: number }): ReactElement {
  return (
    <p>
      {job_count === 1 ? 'All are for one job:' : `They are for ${formatNumber(job_count)} jobs:`}{' '}
      {jobs.map(({ job_id, count }, n) => (
        <Fragment key={job_id}>
          {n > 0 && ', '}
          <a href={jobLink(job_id)}>{job_id}</a> ({formatNumber(count)})
        </Fragment>
      ))}
      {jobs.length < job_count && ' and others'}.
    </p>
  );
}

/** Sends the FAILED applications with an error, oldest first, page by page. It contains no personal data. */
export async function sendFailureGroupPage(
  ctx: Context,
  { database }: WebDeps,
  reason: string,
  cursor: string | undefined,
): Promise<void> {
  const query = { status: ['FAILED' as const], failure: reason, dismissed: false };
  const [count, byJob, page] = await Promise.all([
    countFailureGroup(database, reason),
    countFailuresByJob(database, reason, MOST_JOBS),
    listApplications(database, { ...query, order: 'asc', limit: PAGE_SIZE, cursor }),
  ]);
  const canReplay = mayReplay(ctx);
  sendPage(
    ctx,
    'Failed',
    <>
      <p>
        <a href={FAILED_PATH}>All errors</a>
      </p>
      <h1>{reason}</h1>
      <p>{pluralize(count, 'application')} FAILED with this error; oldest first.</p>
      {count > 0 && <Jobs {...byJob} />}
      {canReplay ? count > 0 && <ReplayGroup reason={reason} count={count} /> : <MayNotReplay />}
      <form className="selection" method="post" action={CONFIRM_REPLAY_PATH}>
        <FailedTable applications={page.data} />
        {canReplay && page.data.length > 0 && <button>Replay the selected ones…</button>}
      </form>
      {page.next_cursor !== null && (
        <p>
          <a href={failureGroupLink(reason, page.next_cursor)}>Next page</a>
        </p>
      )}
      <h2>In a terminal</h2>
      <Command>{`conv replay --error=${shellWord(reason)} --dry-run`}</Command>
    </>,
  );
}
