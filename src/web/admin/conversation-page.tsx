import { getConversation } from '../../conversations/list';
import { shellArgument } from '../../lib/shell-argument';
import type { Context, WebDeps } from '../context';
import { showStory, Timeline } from './application-page';
import { readApplicationStory } from './application-story';
import { Command, describePerson, Facts, Notices, Status, TextWithTimes, Time } from './components';
import { applicationLink, candidateLink, jobLink } from './links';
import { sendPage } from './page';
import { describeProgress } from './waiting';

/** Sends a conversation, with the story of its application. Personal data needs candidates:read. */
export async function sendConversationPage(ctx: Context, deps: WebDeps, id: string): Promise<void> {
  const conversation = await getConversation(deps.database, id);
  const { status, application_id, candidate_id, job_id, created_at, updated_at } = conversation;
  const story = showStory(ctx, deps, await readApplicationStory(deps, application_id));
  const candidate = (
    <>
      <a href={candidateLink(candidate_id)}>{candidate_id}</a> {describePerson(story.person)}
    </>
  );
  sendPage(
    ctx,
    `Conversation ${id}`,
    <>
      <h1>Conversation {id}</h1>
      <Notices notices={story.notices} />
      <Facts
        facts={[
          ['Status', <Status key="status" status={status} />],
          [
            'Application',
            <a key="application" href={applicationLink(application_id)}>
              {application_id}
            </a>,
          ],
          ['Candidate', candidate],
          [
            'Job',
            <a key="job" href={jobLink(job_id)}>
              {job_id}
            </a>,
          ],
          ['Created', <Time key="created" at={created_at} />],
          ['Updated', <Time key="updated" at={updated_at} />],
        ]}
      />
      <section className="box" aria-labelledby="next">
        <h2 id="next">How far it is</h2>
        <p>
          <TextWithTimes>{describeProgress(conversation, story.creationPush)}</TextWithTimes>
        </p>
      </section>
      <h2>What happened</h2>
      <Timeline entries={story.timeline} />
      <h2>In a terminal</h2>
      <Command>{`conv show ${shellArgument(id)}`}</Command>
    </>,
  );
}
