/** Returns a fetch that rejects with a TimeoutError if an answer and its body take longer. A request's own signal still ends it. */
export function timedFetch(timeoutMs: number): (request: Request) => Promise<Response> {
  return (request) =>
    fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]) });
}
