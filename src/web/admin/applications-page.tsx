import type { ReactElement } from 'react';
import { listApplications } from '../../applications/list';
import { OUTCOME_STATUSES, REJECTION_REASONS, type ApplicationView } from '../../lib/domain';
import type { Context, WebDeps } from '../context';
import { defineQuery, pageParameters, someOf } from '../query-parameters';
import { Command, Status, Table, Time } from './components';
import { explainReason } from './describe-reason';
import { applicationLink, applicationsLink, candidateLink, type OutcomeFilter } from './links';
import { sendPage } from './page';

const readQuery = defineQuery({
  ...pageParameters,
  status: someOf(OUTCOME_STATUSES),
  reason: someOf(REJECTION_REASONS),
});

const FILTERS: readonly (readonly [name: string, filter: OutcomeFilter])[] = [
  ['All', {}],
  ...OUTCOME_STATUSES.map((status) => [status, { status }] as const),
];

function Filters({ chosen }: { chosen: OutcomeFilter }): ReactElement {
  return (
    <nav aria-label="Outcomes">
      <ul>
        {FILTERS.map(([name, filter]) => (
          <li key={name}>
            <a
              href={applicationsLink(filter)}
              aria-current={filter.status === chosen.status ? 'page' : undefined}
            >
              {name}
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
      job_id,
      <Time at={received_at} />,
    ],
  }));
  return <Table label="Applications" columns={columns} rows={rows} none="None." />;
}

function commandOf({ status, reason }: OutcomeFilter): string {
  const options = [status && `--status ${status}`, reason && `--reason ${reason}`].filter(Boolean);
  return ['conv apps list', ...options].join(' ');
}

/**
 * Sends the applications with an outcome, or with a certain one, newest first, page by page. It contains no personal data.
 * @throws ConvError INVALID for a parameter that does not exist or has no such value
 */
export async function sendApplicationsPage(ctx: Context, { database }: WebDeps): Promise<void> {
  const query = readQuery(ctx.querystring);
  const { data, next_cursor } = await listApplications(database, query);
  const filter = { status: query.status?.join(), reason: query.reason?.join() };
  const meaning = explainReason(filter.reason ?? null);
  sendPage(
    ctx,
    'Applications',
    <>
      <h1>Applications</h1>
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
