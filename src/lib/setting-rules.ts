import * as yup from 'yup';
import { parseRedisUrl } from './redis-url';
import { readCertificates } from './tls';

/** Returns the rule of a required URL with one of these protocols, each with its colon. */
export const url = (...protocols: string[]) =>
  yup
    .string()
    .required()
    .test(
      'url',
      `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
      (value?: string) =>
        value === undefined || (URL.canParse(value) && protocols.includes(new URL(value).protocol)),
    );

const REDIS_FORMS =
  'must be redis://HOST, redis+sentinel://HOST,HOST/NAME or redis+cluster://HOST,HOST; with TLS rediss';

/** Returns the rule of the required address of one Redis, of Sentinels or of a cluster. */
export const redisAddress = () =>
  yup
    .string()
    .required()
    .test('address', REDIS_FORMS, (value?: string) => value === undefined || parseRedisUrl(value) !== null);

export const wholeNumber = (min: number, max: number) => yup.number().integer().min(min).max(max);

/** Accepts what `parse` accepts; the message of its error says what is wrong. */
const parsedBy = (name: string, parse: (value: string) => unknown) =>
  yup.string().test(name, '', (value, context) => {
    try {
      if (value !== undefined) parse(value);
      return true;
    } catch (error) {
      return context.createError({ message: (error as Error).message });
    }
  });

/** Returns the rule of signing secrets, which `parse` reads. */
export const secrets = (parse: (list: string) => unknown) => parsedBy('secrets', parse).default('');

/** Returns the rule of certificates: a path, or the PEM itself. */
export const certificates = () => parsedBy('certificates', readCertificates);

/** Returns the rule of how a certificate is checked. */
export const verification = () => yup.string().oneOf(['full', 'none']).default('full');
