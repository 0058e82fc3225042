import { recordFailure } from '../../src/applications/record-failure';
import { eraseCandidate } from '../../src/candidates/erase';
import { moveConversation } from '../../src/conversations/move';
import {
  createConversation,
  createFailed,
  createRejected,
  processApplication,
  processEvent,
} from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { onStoresOrHttp } from '../support/remote';

const stores = useDatabase();
const queue = useQueue();

onStoresOrHttp(stores, queue, (conv) => {
  /** Returns what `conv apps show` says after the fields. */
  const nextStep = async (id: string) => (await conv(['apps', 'show', '--', id])).stderr;

  describe('conv apps show of a REJECTED application', () => {
    it('names the conversation that blocks it and the command to replay it', async () => {
      const { id, active } = await createRejected(stores);
      const { jobId } = await stores.database.conversations.findByPk(active, { rejectOnEmpty: true });
      expect(await nextStep(id)).toBe(
        `blocked by conversation ${active} (CREATED, not begun yet, job ${jobId}): once it is COMPLETED, run \`conv replay ${id}\`\n`,
      );
    });

    it('says that nothing blocks it any more once that conversation is completed', async () => {
      const { id, active } = await createRejected(stores);
      for (const status of ['ONGOING', 'COMPLETED'] as const)
        await moveConversation(stores.database, active, status);
      expect(await nextStep(id)).toBe(`no conversation blocks it any more: run \`conv replay ${id}\`\n`);
    });

    it('says that a duplicate is final', async () => {
      const { candidate_id, job_id } = applicationEvent();
      const conversation = await createConversation(stores, 'COMPLETED', { candidate_id, job_id });
      const duplicate = applicationEvent({ candidate_id, job_id });
      await processEvent(stores, duplicate);
      expect(await nextStep(duplicate.id)).toBe(
        `conversation ${conversation} (COMPLETED, job ${job_id}) exists for this candidate and job: this is final, a replay would be rejected too\n`,
      );
    });

    it('says that it cannot be replayed after an erasure', async () => {
      const { id, candidate_id } = await createRejected(stores);
      await eraseCandidate(stores.database, queue.applications, candidate_id);
      expect(await nextStep(id)).toBe("it cannot be replayed: the candidate's personal data was erased\n");
    });

    it.each(['json', 'ndjson', 'csv', 'ids'])('says nothing with -o %s', async (format) => {
      const { id } = await createRejected(stores);
      expect((await conv(['apps', 'show', id, '-o', format])).stderr).toBe('');
    });
  });

  describe('conv apps show of a FAILED application', () => {
    it('names the error and the command to replay it', async () => {
      const { id } = await createFailed(stores, 'no such column');
      expect(await nextStep(id)).toBe(
        `failed: no such column; once the cause is gone, run \`conv replay ${id}\`\n`,
      );
    });

    it.each([
      ["it's $(odd)", `'it'\\''s $(odd)'`],
      ['-x', '-- -x'],
    ])('quotes the id %j for a shell', async (id, argument) => {
      await recordFailure(stores.database, jobData(applicationEvent({ id })), 'broke');
      expect(await nextStep(id)).toContain(`\`conv replay ${argument}\``);
    });
  });

  it('conv apps show of a DEFERRED application names the conversation that it waits for', async () => {
    const { candidate_id, job_id } = applicationEvent();
    const active = await createConversation(stores, 'ONGOING', { candidate_id, job_id });
    const deferred = applicationEvent({ candidate_id });
    await processApplication(stores.database, jobData(deferred), 'defer');
    expect(await nextStep(deferred.id)).toBe(
      `deferred until conversation ${active} (ONGOING, job ${job_id}) is COMPLETED; then it is processed without a replay\n`,
    );
  });

  it('conv apps show of an ACCEPTED application says nothing', async () => {
    const event = applicationEvent();
    await createConversation(stores, 'CREATED', event);
    expect(await nextStep(event.id)).toBe('');
  });
});
