import type { Connection } from './connection';
import { createMeasure } from './measure';
import type { LoadResult } from './job';

/** Finds the ceiling: every connection sends its next request as soon as it has a response (closed loop). */
export async function saturate(connections: Connection[], requests: readonly Buffer[]): Promise<LoadResult> {
  const measure = createMeasure(requests.length);
  let next = 0;
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve, reject) => {
          const sendNext = (): void => {
            const request = requests[next++];
            if (!request) {
              resolve();
              return;
            }
            const sent = performance.now();
            connection.send(request, (status) => {
              measure.answered(sent, status);
              if (status.length === 3) sendNext();
              else reject(new Error(`a connection was ${status}`));
            });
          };
          sendNext();
        }),
    ),
  );
  return measure.result();
}
