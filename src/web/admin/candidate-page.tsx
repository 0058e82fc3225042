import { listApplications } from '../../applications/list';
import { searchQueue } from '../../applications/search-queue';
import { listConversations } from '../../conversations/list';
import type { ApplicationView, ConversationView } from '../../lib/domain';
import { ConvError } from '../../lib/errors';
import { idRule } from '../../lib/text';
import { shellArgument } from '../../lib/shell-argument';
import type { Context, WebDeps } from '../context';
import { collectAvailable } from './available';
import { ApplicationTable, Command, ConversationTable, Facts, Notices, TextWithTimes } from './components';
import { findPerson, UNKNOWN_PERSON } from './find-person';
import { sendPage } from './page';
import { showPeople, type Person } from './people';

const PAGE = { order: 'desc', limit: 50, cursor: undefined } as const;

interface CandidateStory {
  id: string;
  person: Person;
  erasedAt: string | null;
  applications: ApplicationView[];
  conversations: ConversationView[];
  notices: string[];
}

const notFound = (id: string) => new ConvError('NOT_FOUND', `there is no candidate ${JSON.stringify(id)}`);

/** Reads what PostgreSQL knows. */
async function readStored({ database }: WebDeps, candidate_id: string) {
  const [{ person, erasedAt }, applications, conversations] = await Promise.all([
    findPerson(database, candidate_id),
    listApplications(database, { ...PAGE, candidate_id }),
    listConversations(database, { ...PAGE, candidate_id }),
  ]);
  return { person, erasedAt, applications: applications.data, conversations: conversations.data };
}

/**
 * Reads a candidate with their applications and conversations. While one store is unavailable, it is what the other one knows.
 * @throws ConvError NOT_FOUND
 */
async function readCandidateStory(deps: WebDeps, id: string): Promise<CandidateStory> {
  if (idRule(id)) throw notFound(id);
  const { tryRead, notices } = collectAvailable();
  const nothing = { person: UNKNOWN_PERSON, erasedAt: null, applications: [], conversations: [] };
  const [stored, queued] = await Promise.all([
    tryRead('person, processed applications and conversations', () => readStored(deps, id), nothing),
    tryRead('applications in the queue', async () => (await searchQueue(deps.queue, id)).found, []),
  ]);
  const own = queued.filter(({ candidate_id }) => candidate_id === id);
  const waiting = own.filter((one) => !stored.applications.some((known) => known.id === one.id));
  const person = stored.person.phone_number === null && stored.erasedAt === null ? waiting[0] : stored.person;
  const applications = [...waiting, ...stored.applications];
  if (!person && applications.length === 0 && notices.length === 0) throw notFound(id);
  return { ...stored, id, person: person ?? UNKNOWN_PERSON, applications, notices };
}

/** Sends a candidate with their applications and conversations. Personal data needs candidates:read. */
export async function sendCandidatePage(ctx: Context, deps: WebDeps, candidateId: string): Promise<void> {
  const story = await readCandidateStory(deps, candidateId);
  const { id, erasedAt, applications, conversations, notices } = story;
  const [person = UNKNOWN_PERSON] = showPeople(ctx, deps, [{ ...story.person, candidate_id: id }]);
  const isErased = erasedAt !== null && person.phone_number === null;
  const erased = isErased ? <TextWithTimes>{`erased at ${erasedAt}`}</TextWithTimes> : '–';
  const name = [person.first_name, person.last_name].filter(Boolean).join(' ');
  sendPage(
    ctx,
    `Candidate ${id}`,
    <>
      <h1>Candidate {id}</h1>
      <Notices notices={notices} />
      <Facts
        facts={[
          ['Name', name || erased],
          ['Phone number', person.phone_number ?? erased],
          ['Email address', person.email_address ?? erased],
        ]}
      />
      <h2>Applications</h2>
      {applications.length === 0 ? (
        <p>None.</p>
      ) : (
        <ApplicationTable applications={applications} label="Applications" />
      )}
      <h2>Conversations</h2>
      {conversations.length === 0 ? <p>None.</p> : <ConversationTable conversations={conversations} />}
      <h2>In a terminal</h2>
      <Command>{`conv find ${shellArgument(id)}`}</Command>
    </>,
  );
}
