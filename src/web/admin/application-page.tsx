import type { ReactElement } from 'react';
import { shellArgument } from '../../lib/shell-argument';
import type { Context, WebDeps } from '../context';
import { readApplicationStory, type ApplicationStory } from './application-story';
import { Command, describePerson, Facts, Notices, Reason, Status, TextWithTimes, Time } from './components';
import { candidateLink, conversationLink, jobLink, replayLink } from './links';
import { sendPage } from './page';
import { showPeople } from './people';
import { followReplay } from './replay-notice';
import { mayReplay, MayNotReplay } from './replay-permission';
import { runbookLink } from './runbook-page';
import type { TimelineEntry } from './timeline';
import { describeProgress } from './waiting';

/** What happened, oldest first. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }): ReactElement {
  return (
    <ol className="timeline">
      {entries.map(({ time, text, details }, n) => (
        <li key={n}>
          <Time at={time} />
          <b>{text}</b>
          {details.map((detail) => (
            <div key={detail}>
              <TextWithTimes>{detail}</TextWithTimes>
            </div>
          ))}
        </li>
      ))}
    </ol>
  );
}

interface ReplayProps {
  id: string;
  /** Whether a conversation blocks the application, so that a replay changes nothing yet. */
  isBlocked: boolean;
  canReplay: boolean;
}

function Replay({ id, isBlocked, canReplay }: ReplayProps): ReactElement {
  if (!canReplay) return <MayNotReplay />;
  return (
    <details className="replay">
      <summary>Replay…</summary>
      <form method="post" action={replayLink(id)}>
        <p>
          The application is processed again, with the data that its sender sent. Its present outcome is
          replaced.{isBlocked && ' As long as that conversation is not COMPLETED, it is REJECTED again.'}
        </p>
        <button className="primary">Replay this application</button>
      </form>
    </details>
  );
}

function NextStep({
  story,
  canReplay,
}: {
  story: ApplicationStory;
  canReplay: boolean;
}): ReactElement | null {
  const { conversation, nextStep, application } = story;
  const text = conversation ? describeProgress(conversation, story.creationPush) : nextStep?.text;
  if (text === undefined) return null;
  const blocking = nextStep?.blocking ?? null;
  const command = nextStep?.command ?? null;
  return (
    <section className="box" aria-labelledby="next">
      <h2 id="next">Why, and what to do</h2>
      <p>
        <TextWithTimes>{text}</TextWithTimes>
      </p>
      {command !== null && <Command>{command}</Command>}
      {command !== null && <Replay id={application.id} isBlocked={blocking !== null} canReplay={canReplay} />}
      {application.status === 'FAILED' && (
        <p>
          <a href={runbookLink('Applications are FAILED')}>How to find the cause</a>
        </p>
      )}
      {blocking && (
        <p>
          <a href={conversationLink(blocking.id)}>Open the conversation that blocks it</a>
        </p>
      )}
    </section>
  );
}

/** Returns the facts of an application, with links. */
function describeApplication({ application, person }: ApplicationStory): ReactElement {
  const { status, reason, job_id, candidate_id, conversation_id, received_at, processed_at } = application;
  const candidate = (
    <>
      <a href={candidateLink(candidate_id)}>{candidate_id}</a> {describePerson(person)}
    </>
  );
  const conversation = conversation_id && <a href={conversationLink(conversation_id)}>{conversation_id}</a>;
  return (
    <Facts
      facts={[
        ['Status', <Status key="status" status={status} />],
        ['Reason', <Reason key="reason" reason={reason} />],
        ['Conversation', conversation ?? '–'],
        ['Candidate', candidate],
        [
          'Job',
          <a key="job" href={jobLink(job_id)}>
            {job_id}
          </a>,
        ],
        ['Received', <Time key="received" at={received_at} />],
        ['Processed', <Time key="processed" at={processed_at} />],
      ]}
    />
  );
}

/** Returns a story with its person as the token may see them. */
export function showStory(ctx: Context, deps: WebDeps, story: ApplicationStory): ApplicationStory {
  const { candidate_id } = story.application;
  const [person = story.person] = showPeople(ctx, deps, [{ ...story.person, candidate_id }]);
  return { ...story, person };
}

/** Sends the story of an application. Personal data needs candidates:read, a replay applications:write. */
export async function sendApplicationPage(ctx: Context, deps: WebDeps, id: string): Promise<void> {
  const story = showStory(ctx, deps, await readApplicationStory(deps, id));
  const canReplay = mayReplay(ctx);
  const replayNotice = followReplay(ctx, story.application);
  sendPage(
    ctx,
    `Application ${id}`,
    <>
      <h1>Application {id}</h1>
      {replayNotice}
      <Notices notices={story.notices} />
      {describeApplication(story)}
      <NextStep story={story} canReplay={canReplay} />
      <h2>What happened</h2>
      <Timeline entries={story.timeline} />
      <h2>In a terminal</h2>
      <Command>{`conv apps show ${shellArgument(id)}`}</Command>
    </>,
  );
}
