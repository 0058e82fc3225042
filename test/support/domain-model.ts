import type { ConversationStatus } from '../../src/domain';

/** The rules of the domain in a few lines of memory, to hold the real thing against. */
export interface Model {
  applications: Map<string, { candidate: string; job: string; outcome: string }>;
  conversations: { application: string; candidate: string; job: string; status: ConversationStatus }[];
  events: string[];
}

export function emptyModel(): Model {
  return { applications: new Map(), conversations: [], events: [] };
}

function decideNow(model: Model, application: string, candidate: string, job: string): string {
  const own = model.conversations.filter((conversation) => conversation.candidate === candidate);
  const refusal = own.some((conversation) => conversation.job === job)
    ? 'DUPLICATE_APPLICATION'
    : own.some(({ status }) => status !== 'COMPLETED') && 'ACTIVE_CONVERSATION';
  if (!refusal) model.conversations.push({ application, candidate, job, status: 'CREATED' });
  model.events.push(refusal ? 'application.rejected' : 'conversation.created');
  const outcome = refusal || 'ACCEPTED';
  model.applications.set(application, { candidate, job, outcome });
  return outcome;
}

/** The first outcome stands, whatever comes later under the same id. */
export function apply(model: Model, application: string, candidate: string, job: string): string {
  return model.applications.get(application)?.outcome ?? decideNow(model, application, candidate, job);
}

/** Only what was rejected is decided anew, with what was sent at first. */
export function replay(model: Model, application: string): string | undefined {
  const known = model.applications.get(application);
  if (!known || known.outcome === 'ACCEPTED') return known?.outcome;
  return decideNow(model, application, known.candidate, known.job);
}

const NEXT: Record<string, ConversationStatus> = { CREATED: 'ONGOING', ONGOING: 'COMPLETED' };

/** One step forward, or staying; anything else is a conflict. */
export function move(model: Model, at: number, to: ConversationStatus): string {
  const conversation = model.conversations[at];
  if (!conversation) return 'NOT_FOUND';
  if (conversation.status === to) return to;
  if (NEXT[conversation.status] !== to) return 'CONFLICT';
  conversation.status = to;
  model.events.push('conversation.updated');
  return to;
}
