import { pluralize } from '../../lib/pluralize';
import type { QueueStats } from '../../queue/stats';
import { formatSeconds } from './figures';
import { BOARD_PATH } from '../routes/queue-board';
import { FAILED_PATH } from './links';
import { MOST_FAILURES, type OverviewFigures } from './overview-figures';

/** Something that needs an operator. */
export interface Finding {
  /** What is wrong, and what to do. */
  text: string;
  /** The section of docs/operations.md. */
  section: string;
  link: { href: string; label: string } | null;
}

type Check = (figures: OverviewFigures) => Finding | null;

/** The limits of the alerts in docs/monitoring/alerts.yml. */
const LIMITS = { oldestSeconds: 300, pushSeconds: 600, feedSeconds: 30, memory: 0.8 };

const QUEUES = { href: BOARD_PATH, label: 'Open the queues' };

const findQueue = ({ overview }: OverviewFigures, id: QueueStats['id']) =>
  overview.queues.find((queue) => queue.id === id);

const checkRedis: Check = ({ overview }) =>
  overview.stores.redis
    ? null
    : {
        text: 'Redis does not answer: no application is accepted, and senders deliver again later. Bring Redis back.',
        section: 'What happens when something fails',
        link: null,
      };

const checkPostgres: Check = ({ overview }) =>
  overview.stores.postgres
    ? null
    : {
        text: 'PostgreSQL does not answer: applications are accepted and wait, nothing is lost. Bring PostgreSQL back.',
        section: 'What happens when something fails',
        link: null,
      };

const checkReplica: Check = ({ overview }) =>
  overview.stores.replica === false
    ? {
        text: 'The replica for reads does not answer: PostgreSQL itself serves the reads meanwhile.',
        section: 'A replica for reads',
        link: null,
      }
    : null;

const checkWorkers: Check = ({ overview }) =>
  overview.processes?.worker === 0
    ? {
        text: 'No worker is alive: applications are accepted and wait. Start a worker.',
        section: 'Conversations stop appearing',
        link: null,
      }
    : null;

const checkPause: Check = (figures) => {
  const queue = findQueue(figures, 'applications');
  if (!queue?.paused) return null;
  const reason = queue.pause_reason === null ? '' : ` (${queue.pause_reason})`;
  return {
    text: `The queue of applications is paused since ${queue.paused_since ?? 'an unknown time'}${reason}: applications wait. Resume it.`,
    section: 'Conversations stop appearing',
    link: QUEUES,
  };
};

const checkBacklog: Check = (figures) => {
  const queue = findQueue(figures, 'applications');
  const age = queue?.oldest_waiting_seconds ?? 0;
  return age > LIMITS.oldestSeconds && !queue?.paused
    ? {
        text: `The oldest application has waited for ${formatSeconds(age)}: start more workers, or find what blocks them.`,
        section: 'Conversations stop appearing',
        link: QUEUES,
      }
    : null;
};

const checkFailures: Check = ({ failures }) =>
  failures === null || failures === 0
    ? null
    : {
        text: `${failures < MOST_FAILURES ? pluralize(failures, 'application') : `At least ${pluralize(failures, 'application')}`} FAILED: find the cause, repair it, then replay them.`,
        section: 'Applications are FAILED',
        link: { href: FAILED_PATH, label: 'Open Failed' },
      };

const checkPushes: Check = (figures) => {
  const { push } = figures.overview;
  if (findQueue(figures, 'push')?.paused)
    return {
      text: 'Pushing to EVENTS_URL is paused. Run conv events resume.',
      section: 'Events are not pushed',
      link: null,
    };
  const error = push?.error ? ` The oldest error: ${push.error}.` : '';
  if (push && push.parked > 0)
    return {
      text: `The push of ${pluralize(push.parked, 'event')} was given up.${error} Repair the receiver, then run conv events redeliver.`,
      section: 'Events are not pushed',
      link: null,
    };
  const age = push?.oldest_seconds ?? 0;
  return age > LIMITS.pushSeconds
    ? {
        text: `The oldest event has waited ${formatSeconds(age)} for its push.${error}`,
        section: 'Events are not pushed',
        link: null,
      }
    : null;
};

const checkFeed: Check = ({ overview }) => {
  const age = overview.feed?.oldest_seconds ?? 0;
  return age > LIMITS.feedSeconds
    ? {
        text: `Readers do not see the events of the last ${formatSeconds(age)} yet.`,
        section: 'Conversations stop appearing',
        link: null,
      }
    : null;
};

const checkRedisSafety: Check = ({ overview }) => {
  const [warning] = overview.redis_warnings;
  return warning === undefined
    ? null
    : { text: `Redis may lose accepted applications: ${warning}.`, section: 'What Redis needs', link: null };
};

const checkMemory: Check = ({ overview: { redis_memory: memory } }) =>
  memory && memory.max > 0 && memory.used > LIMITS.memory * memory.max
    ? {
        text: `Redis is ${Math.round((memory.used / memory.max) * 100)} % full: at 90 % no application is accepted.`,
        section: 'Redis is full',
        link: null,
      }
    : null;

/** The most urgent first. */
const CHECKS = [
  checkRedis,
  checkPostgres,
  checkWorkers,
  checkPause,
  checkMemory,
  checkBacklog,
  checkFailures,
  checkPushes,
  checkFeed,
  checkReplica,
  checkRedisSafety,
];

/** Returns what needs an operator, the most urgent first; nothing if all is well. */
export function findTroubles(figures: OverviewFigures): Finding[] {
  return CHECKS.map((check) => check(figures)).filter((finding) => finding !== null);
}
