/**
 * BullMQ refuses ids that look like integers or hold a colon, and its web page puts them into paths. So an application id
 * becomes letters, digits, `-_.!~*'()` and `=XX` for the bytes of everything else, behind a prefix: one job id per
 * application id, readable for ordinary ones.
 */
const PREFIX = 'app.';

/** The job id of an application. Throws URIError for a lone surrogate, which validation refuses before. */
export function toJobId(applicationId: string): string {
  return PREFIX + encodeURIComponent(applicationId).replaceAll('%', '=');
}
