import type { ReactElement } from 'react';
import { groupByCandidate, type FoundApplication } from '../../applications/search';
import type { Context } from '../context';
import { ApplicationTable, describePerson, Notices } from './components';
import type { Findings } from './find';
import { candidateLink, FIND_PATH } from './links';
import { sendPage } from './page';
import { describeForm, SEARCH_FORMS } from './search-form';

function SearchForm({ text }: { text: string }): ReactElement {
  return (
    <form className="find" role="search" action={FIND_PATH}>
      <input
        name="q"
        type="search"
        aria-label="What to find"
        aria-describedby="find-help"
        defaultValue={text}
        autoFocus={text === ''}
        required
      />
      <button>Find</button>
    </form>
  );
}

function NothingFound({ text }: { text: string }): ReactElement {
  return (
    <>
      <p role="status">
        Nothing found for “{text}”. It was taken for {describeForm(text)}.
      </p>
      <p>Find understands:</p>
      <ul>
        {SEARCH_FORMS.map(([form, example]) => (
          <li key={form}>
            {form}: <code>{example}</code>
          </li>
        ))}
      </ul>
    </>
  );
}

function Candidate({ group }: { group: readonly FoundApplication[] }): ReactElement | null {
  const [first] = group;
  if (!first) return null;
  const id = first.candidate_id;
  return (
    <section>
      <h2>
        Candidate <a href={candidateLink(id)}>{id}</a>
      </h2>
      <p>{describePerson(first)}</p>
      <ApplicationTable applications={group} label={`Applications of candidate ${id}`} />
    </section>
  );
}

/** Sends the search form and the results. */
export function sendFindPage(ctx: Context, text: string, findings: Findings | null): void {
  sendPage(
    ctx,
    text === '' ? 'Find' : `${text} – Find`,
    <>
      <h1>Find</h1>
      <SearchForm text={text} />
      <p className="note" id="find-help">
        The id of an application, candidate, conversation, job or queue job; a phone number in any form, or
        its last seven digits; an email address; the beginning of a name.
      </p>
      {findings && <Notices notices={findings.notices} />}
      {findings?.found.length === 0 && <NothingFound text={text} />}
      {groupByCandidate(findings?.found ?? []).map((group) => (
        <Candidate key={group[0]?.candidate_id} group={group} />
      ))}
    </>,
  );
}
