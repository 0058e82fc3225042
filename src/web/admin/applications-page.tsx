import type { ReactElement } from 'react';
import { listApplications } from '../../applications/list';
import { OUTCOME_STATUSES, REJECTION_REASONS, type ApplicationView } from '../../lib/domain';
import { shellWord } from '../../lib/shell-argument';
import { idRule } from '../../lib/text';
import type { Context, WebDeps } from '../context';
import { defineQuery, pageParameters, someOf, text } from '../query-parameters';
import { Command, Status, Table, Time } from './components';
import { explainReason } from './describe-reason';
import { applicationLink, applicationsLink, candidateLink, jobLink, type OutcomeFilter } from './links';
import { sendPage } from './page';

/** Dismissed failures are left out, as `conv apps list` does. */
const PAGE = { order: 'desc', limit: 50, dismissed: false } as const;

const readQuery = defineQuery({
  cursor: pageParameters.cursor,
  status: someOf(OUTCOME_STATUSES),
  reason: someOf(REJECTION_REASONS),
  job_id: text(idRule),
});

function Filters({ chosen: { status, reason, job_id } }: { chosen: OutcomeFilter }): ReactElement {
  return (
    <nav aria-label="Outcomes">
      <ul>
        {[undefined, ...OUTCOME_STATUSES].map((one) => (
          <li key={one ?? 'all'}>
            <a
              href={applicationsLink({ status: one, job_id })}
              aria-current={one === status && reason === undefined ? 'page' : undefined}
            >
              {one ?? 'All'}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function OutcomeTable({ applications }: { applications: readonly ApplicationView[] }): ReactElement {
  const columns = ['Application', 'Outcome', 'Reason', 'Candidate', 'Job', 'Received'];
  const rows = applications.map(({ id, status, reason, candidate_id, job_id, received_at }) => ({
    key: id,
    cells: [
      <a href={applicationLink(id)}>{id}</a>,
      <Status status={status} />,
      reason ?? '–',
      <a href={candidateLink(candidate_id)}>{candidate_id}</a>,
      <a href={jobLink(job_id)}>{job_id}</a>,
      <Time at={received_at} />,
    ],
  }));
  return <Table label="Applications" columns={columns} rows={rows} none="None." />;
}

function commandOf({ status, reason, job_id }: OutcomeFilter): string {
  const options = [
    status && `--status ${status}`,
    reason && `--reason ${reason}`,
    job_id && `--job=${shellWord(job_id)}`,
  ];
  return ['conv apps list', ...options].filter(Boolean).join(' ');
}

/**
 * Sends the applications with an outcome, or with a certain one or for one job, newest first, page by page. It contains no personal data.
 * @throws ConvError INVALID for a parameter that does not exist or has no such value
 */
export async function sendApplicationsPage(ctx: Context, { database }: WebDeps): Promise<void> {
  const query = readQuery(ctx.querystring);
  const { data, next_cursor } = await listApplications(database, { ...PAGE, ...query });
  const filter = { status: query.status?.join(), reason: query.reason?.join(), job_id: query.job_id };
  const meaning = explainReason(filter.reason ?? null);
  sendPage(
    ctx,
    'Applications',
    <>
      <h1>{query.job_id === undefined ? 'Applications' : `Applications for job ${query.job_id}`}</h1>
      <Filters chosen={filter} />
      <p>
        Those with an outcome, newest first.
        {meaning !== null && ` ${filter.reason}: ${meaning}.`}
      </p>
      <OutcomeTable applications={data} />
      {next_cursor !== null && (
        <p>
          <a href={applicationsLink({ ...filter, cursor: next_cursor })}>Next page</a>
        </p>
      )}
      <h2>In a terminal</h2>
      <Command>{commandOf(filter)}</Command>
    </>,
  );
}
