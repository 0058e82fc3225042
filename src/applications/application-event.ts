import * as yup from 'yup';
import type { ApplicationEvent } from '../lib/domain';
import { idRule, checkText, type Violation } from '../lib/text';
import { check, field } from '../lib/validation';
import { parsePhone } from '../lib/phone';

const MAX_PHONE_LENGTH = 64;
const MAX_NAME_LENGTH = 200;
const MAX_EMAIL_LENGTH = 320;

const emailSyntax = yup.string().email();
/** What nearly every address looks like, a part of what yup takes: its own pattern costs ten times as much. */
const ORDINARY_EMAIL = /^[\w.+-]{1,64}@[a-z0-9]{1,63}(?:\.[a-z0-9]{1,63}){1,4}$/i;

function phoneFault(value: unknown): Violation | null {
  const fault = checkText(value, { max: MAX_PHONE_LENGTH });
  if (fault) return fault;
  const phone = parsePhone(value as string);
  return 'fault' in phone ? phone.fault : null;
}

function emailFault(value: unknown): Violation | null {
  const fault = checkText(value, { max: MAX_EMAIL_LENGTH });
  if (fault) return fault;
  if (ORDINARY_EMAIL.test(value as string) || emailSyntax.isValidSync(value)) return null;
  return { code: 'INVALID_EMAIL', detail: 'must be an email address such as jane.doe@example.com' };
}

const nameFault = (value: unknown) => checkText(value, { max: MAX_NAME_LENGTH, trim: true });

const id = field<string>(idRule);
const name = field<string>(nameFault);
const object = { typeError: 'must be a JSON object' };

const schema = yup
  .object({
    id,
    job_id: id,
    candidate_id: id,
    candidate: yup
      .object({
        phone_number: field<string>(phoneFault),
        first_name: name,
        last_name: name,
        email_address: field<string>(emailFault),
      })
      .typeError(object.typeError)
      .default(undefined)
      .defined('is required')
      .nonNullable('is required'),
  })
  .typeError(object.typeError)
  .nonNullable('must be a JSON object');

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As it is kept: phone number in E.164, names trimmed. Null where something is wrong. */
function normalized(body: unknown): ApplicationEvent | null {
  if (!isObject(body) || !isObject(body['candidate'])) return null;
  const { id, job_id, candidate_id } = body as unknown as ApplicationEvent;
  const { phone_number, first_name, last_name, email_address } = body[
    'candidate'
  ] as unknown as ApplicationEvent['candidate'];
  if (idRule(id) ?? idRule(job_id) ?? idRule(candidate_id)) return null;
  if (nameFault(first_name) ?? nameFault(last_name) ?? emailFault(email_address)) return null;
  if (checkText(phone_number, { max: MAX_PHONE_LENGTH })) return null;
  const phone = parsePhone(phone_number);
  if ('fault' in phone) return null;
  const candidate = {
    phone_number: phone.e164,
    first_name: first_name.trim(),
    last_name: last_name.trim(),
    email_address,
  };
  return { id, job_id, candidate_id, candidate };
}

/**
 * The application event in a webhook's body (shared contract, "The application event"). What is right passes the fields' rules
 * without the schema around them, which would cost five times as much; what is wrong is the schema's to say, and a test holds
 * the two to the same verdict.
 * @param body parsed JSON, whatever it is
 * @throws ConvError INVALID with every problem, by JSON Pointer
 */
export function parseApplicationEvent(body: unknown): ApplicationEvent {
  const event = normalized(body);
  if (event) return event;
  check(schema, body);
  throw new Error('what passes the schema must pass its rules');
}

/** The schema's own verdict, for the test that holds it to the rules above. */
export function passesSchema(body: unknown): boolean {
  return schema.isValidSync(body, { strict: true });
}
