/**
 * Returns a fetch that rejects with a TimeoutError if an answer and its body take longer. A request's own signal still ends it.
 * The answer is complete, and has no `url`.
 */
export function timedFetch(timeoutMs: number): (request: Request) => Promise<Response> {
  return async (request) => {
    const end = new AbortController();
    // AbortSignal.any with AbortSignal.timeout would be shorter, but Node 20 may collect both as garbage (nodejs/node#57736). The
    // timer also keeps the request, without which its signal does not hear from the caller's.
    const abort = () =>
      end.abort(
        request.signal.aborted
          ? request.signal.reason
          : new DOMException(`no complete answer within ${timeoutMs} ms`, 'TimeoutError'),
      );
    const timer = setTimeout(abort, timeoutMs);
    request.signal.addEventListener('abort', abort);
    try {
      request.signal.throwIfAborted();
      const response = await fetch(request, { signal: end.signal });
      return new Response(response.body && (await response.arrayBuffer()), response);
    } finally {
      clearTimeout(timer);
    }
  };
}
