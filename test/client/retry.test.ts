import { ConvApiError, retryCall } from '../../src/client';

const answer = (status: number, headers = {}) => new ConvApiError(new Response('', { status, headers }), '');

/** Returns the pause after an error, and ends the attempts. */
async function pauseAfter(error: Error): Promise<number> {
  const end = new AbortController();
  let pause = 0;
  const onRetry = (_: unknown, pauseMs: number) => {
    pause = pauseMs;
    end.abort();
  };
  const call = () => Promise.reject(error);
  await expect(retryCall(call, { signal: end.signal, onRetry })).rejects.toMatchObject({
    name: 'AbortError',
  });
  return pause;
}

describe('retryCall', () => {
  it.each([429, 503])('waits for the Retry-After of a %i, and a random part longer', async (status) => {
    const pause = await pauseAfter(answer(status, { 'Retry-After': '7' }));
    expect(pause > 7000 && pause <= 7500).toBe(true);
  });

  it.each<[string, Error]>([
    ['no answer', new TypeError('fetch failed')],
    ['500', answer(500)],
    ['a 502 of a proxy', answer(502)],
    ['408', answer(408)],
  ])('tries again within half a second after %s', async (_, error) => {
    const pause = await pauseAfter(error);
    expect(pause >= 250 && pause <= 500).toBe(true);
  });

  it.each([400, 401, 403, 404, 409, 410, 422])('throws a %i at once', async (status) => {
    const onRetry = jest.fn();
    await expect(retryCall(() => Promise.reject(answer(status)), { onRetry })).rejects.toMatchObject({
      status,
    });
    expect(onRetry).not.toHaveBeenCalled();
  });

  it('returns the answer of the first attempt that succeeds', async () => {
    const failures = [answer(503), new TypeError('fetch failed')];
    const call = () => {
      const failure = failures.pop();
      return failure ? Promise.reject(failure) : Promise.resolve('answer');
    };
    expect(await retryCall(call, {})).toBe('answer');
  });
});
