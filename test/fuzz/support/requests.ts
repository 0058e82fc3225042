import fc from 'fast-check';
import { oddBoard, oddHeaders, oddPath, oddQuery, invalidHttp } from './odd-requests';
import type { Credentials } from './parts';
import { authenticWebhook, wrongTransfer, forgedWebhook } from './webhook-requests';
import type { WireRequest } from './wire';

/** Every kind of request that must be refused or have no effect. */
export function malformed(credentials: Credentials): fc.Arbitrary<WireRequest> {
  return fc.oneof(
    { weight: 5, arbitrary: authenticWebhook(credentials) },
    { weight: 3, arbitrary: forgedWebhook(credentials) },
    { weight: 3, arbitrary: wrongTransfer(credentials) },
    { weight: 3, arbitrary: oddPath(credentials) },
    { weight: 3, arbitrary: oddQuery(credentials) },
    { weight: 1, arbitrary: oddBoard(credentials) },
    { weight: 1, arbitrary: oddHeaders() },
    { weight: 1, arbitrary: invalidHttp() },
  );
}
