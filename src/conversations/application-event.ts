import * as yup from 'yup';
import type { ApplicationEvent } from '../domain';
import { idFault, textFault, type TextFault } from '../text';
import { check, field } from '../validation';
import { parsePhone } from './phone';

const MAX_PHONE_LENGTH = 64;
const MAX_NAME_LENGTH = 200;
const MAX_EMAIL_LENGTH = 320;

const emailSyntax = yup.string().email();

function phoneFault(value: unknown): TextFault | null {
  const fault = textFault(value, { max: MAX_PHONE_LENGTH });
  if (fault) return fault;
  const phone = parsePhone(value as string);
  return 'fault' in phone ? phone.fault : null;
}

function emailFault(value: unknown): TextFault | null {
  const fault = textFault(value, { max: MAX_EMAIL_LENGTH });
  if (fault) return fault;
  if (emailSyntax.isValidSync(value)) return null;
  return { code: 'INVALID_EMAIL', detail: 'must be an email address such as jane.doe@example.com' };
}

const id = field<string>(idFault);
const name = field<string>((value) => textFault(value, { max: MAX_NAME_LENGTH, trim: true }));
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

/**
 * The application event in a webhook's body (shared contract, "The application event").
 * @param body parsed JSON, whatever it is
 * @throws ConvError INVALID with every problem, by JSON Pointer
 */
export function parseApplicationEvent(body: unknown): ApplicationEvent {
  const event = check(schema, body);
  const { candidate } = event;
  const phone = parsePhone(candidate.phone_number);
  if ('fault' in phone) throw new Error('a phone number that passed validation must parse');
  return {
    id: event.id,
    job_id: event.job_id,
    candidate_id: event.candidate_id,
    candidate: {
      phone_number: phone.e164,
      first_name: candidate.first_name.trim(),
      last_name: candidate.last_name.trim(),
      email_address: candidate.email_address,
    },
  };
}
