// Preloaded into web: answers as if the application were queued, and adds it to the queue afterwards.
const { replaceExport } = require('./replace-export');

replaceExport('applications/receive', 'receive', (receive) => (queue, event, requestId) => {
  receive(queue, event, requestId).catch(() => undefined); // The planted bug: errors are ignored, the answer is sent.
  const { id, job_id, candidate_id } = event;
  const application = {
    id,
    job_id,
    candidate_id,
    status: 'QUEUED',
    reason: null,
    conversation_id: null,
    received_at: new Date().toISOString(),
    processed_at: null,
  };
  return Promise.resolve({ application, redelivered: false });
});
