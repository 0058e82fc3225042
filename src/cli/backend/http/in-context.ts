import { ConvError } from '../../../lib/errors';
import { describeContext, type Context } from '../../context/find-context';

const TOKEN_PROBLEMS = ['NOT_AUTHENTIC', 'FORBIDDEN'];

/** Returns what to do about a token that conv refuses. */
function replaceToken({ name, url }: Context): string {
  return name === null
    ? 'set CONV_TOKEN to another token'
    : `store another with \`conv context add ${name} --url ${url} --token -\``;
}

/** Runs `work`; its errors name the context, and what to do about a token that conv refuses. */
export async function inContext<T>(context: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConvError) || error.code === 'INVALID') throw error;
    const advice = TOKEN_PROBLEMS.includes(error.code) ? `: ${replaceToken(context)}` : '';
    const detail = `${describeContext(context)}: ${error.detail}${advice}`;
    throw new ConvError(error.code, detail, { cause: error });
  }
}
