import { KINDS } from './kinds';
import type { Fault } from './check';
import type { Inflicted } from './faults';
import type { Result } from './run';

const HISTORIES = 5;
const FAULTS_SHOWN = 20;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

function longest(faults: readonly Inflicted[], until: 'acknowledged' | 'decided'): string {
  const times = faults.map((fault) => (fault[until] === undefined ? null : fault[until] - fault.ended));
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? '-' : seconds(Math.max(...known));
}

/** A table in Markdown, as wide as its widest cells. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join(
    '\n',
  );
}

const count = (faults: readonly Fault[], kind: Fault['kind']) =>
  faults.filter((fault) => fault.kind === kind).length;

/** What a run came to. */
export function report(result: Result): string {
  const { inflicted, leftOut, faults, stored } = result;
  const rows = KINDS.map(({ name }) => {
    const own = inflicted.filter(({ kind }) => kind === name);
    const times = leftOut.includes(name) ? 'left out' : String(own.length);
    return [name, times, longest(own, 'acknowledged'), longest(own, 'decided')];
  });
  const accepted = stored.applications.filter(({ status }) => status === 'ACCEPTED').length;
  const totals = [
    ['faults', String(inflicted.length)],
    ['acknowledged', String(result.acknowledged)],
    ['conversations, rejections', `${accepted}, ${stored.applications.length - accepted}`],
    ['lost', String(count(faults, 'lost'))],
    ['doubled', String(count(faults, 'doubled'))],
    ['contradictory', String(count(faults, 'contradictory'))],
    ['longest from acknowledged to decided', seconds(result.longestWaitMs)],
    ['all quiet after the load', seconds(result.quietAfterMs)],
  ];
  return [
    table([['fault', 'times', 'next acknowledged after', 'next decided after'], ...rows]),
    table([['in all', ''], ...totals]),
  ].join('\n\n');
}

/** What went wrong, and the first applications concerned with all that happened to them. */
export function accusation({ faults, sender, stored }: Result): string {
  const lines = faults
    .slice(0, FAULTS_SHOWN)
    .map(({ kind, what, application }) => `${kind}: ${application ?? ''} ${what}`);
  const concerned = [...new Set(faults.flatMap(({ application }) => application ?? []))].slice(0, HISTORIES);
  for (const id of concerned) {
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
  if (faults.length > FAULTS_SHOWN) lines.push('', `… and ${faults.length - FAULTS_SHOWN} more`);
  return lines.join('\n');
}
