/**
 * BullMQ refuses job ids that look like integers or contain a colon, and Bull Board puts them into paths. So an application id
 * is percent-encoded with `=` for `%`, behind a prefix: one job id per application id, readable for ordinary ids.
 */
const PREFIX = 'app.';

/** Returns the job id of an application. Throws URIError for a lone surrogate, which validation refuses earlier. */
export function toJobId(applicationId: string): string {
  return PREFIX + encodeURIComponent(applicationId).replaceAll('%', '=');
}

/** Returns the application whose job has this id; null for a text that is no such id. */
export function fromJobId(jobId: string): string | null {
  if (!jobId.startsWith(PREFIX)) return null;
  try {
    return decodeURIComponent(jobId.slice(PREFIX.length).replaceAll('=', '%'));
  } catch {
    return null; // A URIError.
  }
}
