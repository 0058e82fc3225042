import { ConvApiError } from './problem';

/** What a call of the client resolves to. */
export interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/**
 * Returns the data of a call: `const { data } = await unwrap(client.GET('/conversations'))`.
 * @throws ConvApiError if conv answered with an error; fetch's own error if no answer came
 */
export async function unwrap<Result extends Answer>(
  call: Promise<Result>,
): Promise<Exclude<Result['data'], undefined>> {
  const { data, error, response } = await call;
  if (response.ok) return data as Exclude<Result['data'], undefined>;
  throw new ConvApiError(response, error);
}
