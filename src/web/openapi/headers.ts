import type { Json } from './types';

const header = (description: string, example: string, required = true): Json => ({
  description,
  required,
  schema: { type: 'string' },
  example,
});

export const requestIdHeader = {
  'X-Request-Id': header("The client's, or a new one", '30f214f7-b4bc-4c41-ab71-a955275486b8'),
};
export const etagHeader = { ETag: header('Changes when the resource changes', '"hnEmjTMXOCVGPDpj5tGmbA"') };
export const linkHeader = {
  Link: header('The next page (RFC 8288)', '</conversations?cursor=WyJ…>; rel="next"', false),
};
export const locationHeader = { Location: header('The application', '/applications/application-1') };
export const loginLocationHeader = {
  Location: header('The login, which leads back', '/admin/login?next=%2Fadmin%2Fqueues'),
};
export const replayedHeader = {
  'Idempotent-Replayed': header('Present for a redelivery', 'true', false),
};
export const retryHeader = { 'Retry-After': header('Seconds until the next attempt', '2') };
export const authenticateHeader = { 'WWW-Authenticate': header('The scheme of the credentials', 'Bearer') };
export const rateHeaders = {
  'RateLimit-Policy': header('The limit, if RATE_LIMIT is set', '"sender";q=100;w=60', false),
  RateLimit: header('What is left of it', '"sender";r=99;t=58', false),
};
export const varyHeader = { Vary: header('What caches must compare', 'Accept-Encoding') };
/** Of routes whose answers are compressed. */
export const encodingHeaders = {
  'Content-Encoding': header('br or gzip, of 1 KiB or more, if the client accepts it', 'gzip', false),
  ...varyHeader,
};
