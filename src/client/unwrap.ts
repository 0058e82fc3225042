import { ConvApiError } from './problem';

/** What a call of the client resolves to. */
type Answer<Data> =
  { data: Data; error?: never; response: Response } | { data?: never; error: unknown; response: Response };

/**
 * Returns the data of a call: `const { data } = await unwrap(client.GET('/conversations'))`.
 * @throws ConvApiError if conv answered with an error; fetch's own error if no answer came
 */
export async function unwrap<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  const answer = await call;
  if (answer.response.ok) return answer.data as Data;
  throw new ConvApiError(answer.response, answer.error);
}
