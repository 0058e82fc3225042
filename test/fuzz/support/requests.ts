import fc from 'fast-check';
import { oddBoard, oddHeaders, oddPath, oddQuery, noHttp } from './odd-requests';
import type { Credentials } from './parts';
import { authenticWebhook, badlySent, forgedWebhook } from './webhook-requests';
import type { WireRequest } from './wire';

/** Every kind of request that must come to nothing. */
export function malformed(credentials: Credentials): fc.Arbitrary<WireRequest> {
  return fc.oneof(
    { weight: 5, arbitrary: authenticWebhook(credentials) },
    { weight: 3, arbitrary: forgedWebhook(credentials) },
    { weight: 3, arbitrary: badlySent(credentials) },
    { weight: 3, arbitrary: oddPath(credentials) },
    { weight: 3, arbitrary: oddQuery(credentials) },
    { weight: 1, arbitrary: oddBoard(credentials) },
    { weight: 1, arbitrary: oddHeaders() },
    { weight: 1, arbitrary: noHttp() },
  );
}
