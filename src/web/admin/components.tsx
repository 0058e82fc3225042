import type { ReactElement, ReactNode } from 'react';
import type { ApplicationView, ConversationView } from '../../lib/domain';
import { explainReason } from './describe-reason';
import { applicationLink, conversationLink, jobLink } from './links';
import type { Person } from './people';

/** A time to the second; its attribute has the milliseconds. */
export function Time({ at }: { at: string | null }): ReactElement {
  return at === null ? <>–</> : <time dateTime={at}>{`${at.slice(0, 10)} ${at.slice(11, 19)} UTC`}</time>;
}

const ISO_TIME = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

/** A text in which each ISO 8601 time is shown as {@link Time}. */
export function TextWithTimes({ children }: { children: string }): ReactElement {
  // split keeps what the group matched, so every second part is a time.
  return <>{children.split(ISO_TIME).map((part, n) => (n % 2 === 1 ? <Time key={n} at={part} /> : part))}</>;
}

const KINDS: Readonly<Record<string, string>> = {
  ACCEPTED: 'good',
  ONGOING: 'good',
  COMPLETED: 'good',
  FAILED: 'bad',
};

/** A status as its word; its colour only helps to see it. */
export function Status({ status }: { status: string }): ReactElement {
  return <span className={`status ${KINDS[status] ?? 'waiting'}`}>{status}</span>;
}

/** What is not shown because a store is unavailable, or a limit is reached. */
export function Notices({ notices }: { notices: readonly string[] }): ReactElement {
  return (
    <>
      {notices.map((notice) => (
        <p key={notice} className="notice" role="status">
          <TextWithTimes>{notice}</TextWithTimes>
        </p>
      ))}
    </>
  );
}

/** A command to copy; one click selects it whole. */
export function Command({ children }: { children: string }): ReactElement {
  return <code className="command">{children}</code>;
}

/** Names with values, as a list. */
export function Facts({
  facts,
}: {
  facts: readonly (readonly [name: string, value: ReactNode])[];
}): ReactElement {
  return (
    <dl>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A reason with what it means, if it is a code. */
export function Reason({ reason }: { reason: string | null }): ReactElement {
  const sentence = explainReason(reason);
  return (
    <>
      {reason ?? '–'}
      {sentence !== null && <span className="note"> {sentence}</span>}
    </>
  );
}

/** A person in one line. */
export function describePerson({ first_name, last_name, phone_number, email_address }: Person): string {
  const name = [first_name, last_name].filter(Boolean).join(' ');
  return [name, phone_number, email_address].filter(Boolean).join(', ');
}

/** A row of a table, with a cell for each column. */
export interface TableRow {
  key: string;
  cells: readonly ReactNode[];
}

interface TableProps {
  label: string;
  columns: readonly string[];
  rows: readonly TableRow[];
  /** What it says without rows. */
  none?: string;
  /** The name of its rows, if the page keeps them and the names of the columns up to date. */
  live?: string;
}

/**
 * A table that scrolls sideways by itself, also by keyboard. On a narrow screen each row is a list with the names of the
 * columns; the roles keep it a table for screen readers, where the style sheet changes how it is displayed.
 */
export function Table({ label, columns, rows, none, live }: TableProps): ReactElement {
  return (
    <div className="table" role="region" aria-label={label} tabIndex={0}>
      <table role="table">
        <thead role="rowgroup">
          <tr role="row" data-live={live && `${live}-columns`}>
            {columns.map((column) => (
              <th key={column} role="columnheader" scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" data-live={live}>
          {rows.length === 0 && (
            <tr role="row">
              <td role="cell" colSpan={columns.length}>
                {none}
              </td>
            </tr>
          )}
          {rows.map(({ key, cells }) => (
            <tr key={key} role="row">
              {cells.map((cell, n) => (
                <td key={columns[n]} role="cell" data-column={columns[n]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const linkTo = (href: string, text: string) => <a href={href}>{text}</a>;

/** Applications, each with a link to its page. */
export function ApplicationTable({
  applications,
  label,
}: {
  applications: readonly ApplicationView[];
  label: string;
}): ReactElement {
  const rows = applications.map(({ id, status, reason, job_id, received_at }) => ({
    key: id,
    cells: [
      linkTo(applicationLink(id), id),
      <Status status={status} />,
      <Reason reason={reason} />,
      linkTo(jobLink(job_id), job_id),
      <Time at={received_at} />,
    ],
  }));
  return <Table label={label} columns={['Application', 'Status', 'Reason', 'Job', 'Received']} rows={rows} />;
}

/** Conversations, each with a link to its page. */
export function ConversationTable({
  conversations,
}: {
  conversations: readonly ConversationView[];
}): ReactElement {
  const rows = conversations.map(({ id, status, job_id, created_at, updated_at }) => ({
    key: id,
    cells: [
      linkTo(conversationLink(id), id),
      <Status status={status} />,
      linkTo(jobLink(job_id), job_id),
      <Time at={created_at} />,
      <Time at={updated_at} />,
    ],
  }));
  const columns = ['Conversation', 'Status', 'Job', 'Created', 'Updated'];
  return <Table label="Conversations" columns={columns} rows={rows} />;
}
