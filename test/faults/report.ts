import { FAULT_KINDS } from './fault-kinds';
import type { Violation } from './check';
import type { InjectedFault } from './inject';
import type { Result } from './run';

const MAX_HISTORIES = 5;
const MAX_VIOLATIONS = 20;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function longest(faults: readonly InjectedFault[], until: 'acknowledged' | 'processed'): string {
  const times = faults.map((fault) => (fault[until] === undefined ? null : fault[until] - fault.ended));
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? '-' : seconds(Math.max(...known));
}

/** Formats a Markdown table. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join(
    '\n',
  );
}

const count = (faults: readonly Violation[], kind: Violation['kind']) =>
  faults.filter((fault) => fault.kind === kind).length;

/** Formats the figures of a run. */
export function report(result: Result): string {
  const { injected, skipped, violations, stored } = result;
  const rows = FAULT_KINDS.map(({ name }) => {
    const own = injected.filter(({ kind }) => kind === name);
    const times = skipped.includes(name) ? 'skipped' : String(own.length);
    return [name, times, longest(own, 'acknowledged'), longest(own, 'processed')];
  });
  const countStatus = (status: string) => stored.applications.filter((row) => row.status === status).length;
  const outcomes = ['ACCEPTED', 'REJECTED', 'FAILED'].map(countStatus);
  const totals = [
    ['faults', String(injected.length)],
    ['acknowledged', String(result.acknowledged)],
    ['conversations, rejections, failed because erased', outcomes.join(', ')],
    ['candidates erased', String(result.erased)],
    ['lost', String(count(violations, 'lost'))],
    ['doubled', String(count(violations, 'doubled'))],
    ['contradictory', String(count(violations, 'contradictory'))],
    ['processes that ended by themselves', String(result.deaths)],
    ['longest from acknowledged to processed', seconds(result.longestWaitMs)],
    ['all jobs processed after the load', seconds(result.idleAfterMs)],
    ['longest without progress after the load', seconds(result.longestStallMs)],
  ];
  return [
    table([['fault', 'times', 'next acknowledged after', 'next processed after'], ...rows]),
    table([['total', ''], ...totals]),
  ].join('\n\n');
}

/** Describes the violations, and the history of the first applications that they concern. */
export function describeViolations({ violations, sender, stored }: Result): string {
  const lines = violations
    .slice(0, MAX_VIOLATIONS)
    .map(({ kind, what, application }) => `${kind}: ${application ?? ''} ${what}`);
  const applications = [...new Set(violations.flatMap(({ application }) => application ?? []))].slice(
    0,
    MAX_HISTORIES,
  );
  for (const id of applications) {
    const one = sender.sent.find(({ event }) => event.id === id);
    lines.push('', `${id} of ${one?.event.candidate_id ?? '?'} for ${one?.event.job_id ?? '?'}:`);
    lines.push(...(one?.history ?? []).map((line) => `  ${line}`));
    for (const row of stored.applications.filter((row) => row.id === id))
      lines.push(
        `  stored: ${row.status} ${row.reason ?? row.conversation_id ?? ''} at ${row.processed_at.toISOString()}`,
      );
    for (const row of stored.conversations.filter(
      ({ candidate_id }) => candidate_id === one?.event.candidate_id,
    ))
      lines.push(
        `  its candidate's conversation ${row.id} of ${row.application_id} for ${row.job_id}: ${row.status}`,
      );
  }
  if (violations.length > MAX_VIOLATIONS) lines.push('', `… and ${violations.length - MAX_VIOLATIONS} more`);
  return lines.join('\n');
}
