import type { ReactElement } from 'react';
import { pluralize } from '../../lib/pluralize';
import type { Overview } from '../../metrics/overview';
import type { QueueStats } from '../../queue/stats';
import type { Context } from '../context';
import { Facts } from './components';
import { formatNumber, formatSeconds } from './figures';
import { findTroubles, type Finding } from './health';
import { OVERVIEW_STREAM_PATH } from './links';
import { Live } from './live';
import { sendPage } from './page';
import { runbookLink } from './runbook-page';
import type { OverviewFigures } from './overview-figures';
import { Charts } from './overview-charts';
import { Latency, Outcomes } from './overview-tables';

function Trouble({ text, section, link }: Finding): ReactElement {
  return (
    <li>
      {text}{' '}
      {link && (
        <>
          <a href={link.href}>{link.label}</a>.{' '}
        </>
      )}
      See <a href={runbookLink(section)}>{section}</a>.
    </li>
  );
}

/** Whether all is well, or where it hurts and what to do. */
function Health({ figures }: { figures: OverviewFigures }): ReactElement {
  const troubles = findTroubles(figures);
  return (
    <section aria-label="State" role="status" data-live="health">
      <div className={`box ${troubles.length === 0 ? 'well' : 'trouble'}`}>
        {troubles.length === 0 ? (
          <p>All is well.</p>
        ) : (
          <>
            <p>
              <b>Needs attention:</b>
            </p>
            <ul>
              {troubles.map((trouble) => (
                <Trouble key={trouble.text} {...trouble} />
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

/** A mean over more than this is not "now". */
const NOW_AT_MOST_SECONDS = 300;

function describeRates({ since, periods, stores }: Overview): ReactElement {
  if (!stores.redis) return <>unknown, because Redis does not answer</>;
  const isRecent = since !== null && since.seconds <= NOW_AT_MOST_SECONDS;
  const now = isRecent ? since : (periods.minutes ?? since);
  if (!now) return <>measured from now on</>;
  return (
    <>
      {formatNumber(now.received_per_second)} in, {formatNumber(now.processed_per_second)} out{' '}
      <span className="note">(mean of the last {formatSeconds(Math.round(now.seconds))})</span>
    </>
  );
}

function describeBacklog(queue: QueueStats | undefined): string {
  if (!queue) return 'unknown, because Redis does not answer';
  const { waiting, active, delayed, oldest_waiting_seconds: age } = queue;
  const oldest = age === null ? '' : `; the oldest has waited for ${formatSeconds(age)}`;
  return `${formatNumber(waiting)} waiting, ${formatNumber(active)} active, ${formatNumber(delayed)} to be tried again later${oldest}`;
}

function describePush({ push }: Overview): string {
  if (!push) return 'unknown, because PostgreSQL does not answer';
  if (!push.switched_on) return 'off: no receiver is set (EVENTS_URL), so readers pull the events';
  if (push.pending + push.parked === 0) return 'nothing waits';
  const oldest = push.oldest_seconds === null ? '' : `, the oldest for ${formatSeconds(push.oldest_seconds)}`;
  return `${formatNumber(push.pending)} waiting${oldest}; ${formatNumber(push.parked)} given up`;
}

function describeStores({ stores, redis_memory: memory }: Overview): string {
  const answers = (isUp: boolean) => (isUp ? 'answers' : 'does not answer');
  const used =
    memory && memory.max > 0 ? `, ${Math.round((memory.used / memory.max) * 100)} % of its memory used` : '';
  const replica = stores.replica === null ? [] : [`replica ${answers(stores.replica)}`];
  return [`PostgreSQL ${answers(stores.postgres)}`, `Redis ${answers(stores.redis)}${used}`, ...replica].join(
    '; ',
  );
}

function Now({ overview }: { overview: Overview }): ReactElement {
  const { processes, queues } = overview;
  const queue = queues.find(({ id }) => id === 'applications');
  return (
    <div data-live="now">
      <Facts
        facts={[
          ['Per second', describeRates(overview)],
          ['Backlog', describeBacklog(queue)],
          [
            'Processes',
            processes ? `${pluralize(processes.worker, 'worker')}, ${processes.web} web` : 'unknown',
          ],
          ['Stores', describeStores(overview)],
          ['Pushes', describePush(overview)],
        ]}
      />
    </div>
  );
}

/** Returns the overview, as it is loaded and as it is sent again. */
export function overviewContent(figures: OverviewFigures): ReactElement {
  const { at, overview, series } = figures;
  return (
    <>
      <p className="note" data-live="at">
        Figures from {at.toISOString().slice(11, 19)} UTC.
      </p>
      <Health figures={figures} />
      <h2>Now</h2>
      <Now overview={overview} />
      <h2>Last hour</h2>
      <Charts series={series} />
      <h2>Outcomes</h2>
      <Outcomes overview={overview} />
      <h2>Time from receipt to outcome</h2>
      <Latency periods={overview.periods} />
    </>
  );
}

/** Sends the overview. It contains no personal data. */
export function sendOverviewPage(ctx: Context, figures: OverviewFigures): void {
  sendPage(
    ctx,
    'Overview',
    <>
      <h1>Overview</h1>
      <Live stream={OVERVIEW_STREAM_PATH}>{overviewContent(figures)}</Live>
    </>,
    { isLive: true },
  );
}
