import * as yup from 'yup';
import type { ApplicationEvent, PersonalData } from '../lib/domain';
import { parsePhone } from '../lib/phone';
import { checkText, idRule, type Violation } from '../lib/text';
import { defineFields } from '../lib/validation';

const MAX_PHONE_LENGTH = 64;
const MAX_NAME_LENGTH = 200;
const MAX_EMAIL_LENGTH = 320;

const emailSyntax = yup.string().email();
/** Matches most addresses, and only ones that yup accepts; yup's own pattern costs ten times as much. */
const ORDINARY_EMAIL = /^[\w.+-]{1,64}@[a-z0-9]{1,63}(?:\.[a-z0-9]{1,63}){1,4}$/i;

function phoneRule(value: unknown): Violation | null {
  const violation = checkText(value, { max: MAX_PHONE_LENGTH, trim: true });
  if (violation) return violation;
  const phone = parsePhone(value as string);
  return 'violation' in phone ? phone.violation : null;
}

function nameRule(value: unknown): Violation | null {
  return checkText(value, { max: MAX_NAME_LENGTH, trim: true });
}

function emailRule(value: unknown): Violation | null {
  const violation = checkText(value, { max: MAX_EMAIL_LENGTH, trim: true });
  if (violation) return violation;
  const address = (value as string).trim();
  if (ORDINARY_EMAIL.test(address) || emailSyntax.isValidSync(address)) return null;
  return { code: 'INVALID_EMAIL', detail: 'must be an email address such as jane.doe@example.com' };
}

const fields = defineFields<ApplicationEvent>({
  id: idRule,
  job_id: idRule,
  candidate_id: idRule,
  candidate: defineFields<PersonalData>({
    phone_number: phoneRule,
    first_name: nameRule,
    last_name: nameRule,
    email_address: emailRule,
  }),
});

function toE164(phoneNumber: string): string {
  const phone = parsePhone(phoneNumber);
  if ('violation' in phone) throw new Error('the phone number must be validated first');
  return phone.e164;
}

/**
 * Returns the application event in a webhook's body as it is stored: phone number in E.164, text trimmed except for ids.
 * Unknown fields are left out.
 * @param body parsed JSON of any kind
 * @throws ConvError INVALID with every problem, by JSON Pointer
 */
export function parseApplicationEvent(body: unknown): ApplicationEvent {
  const { id, job_id, candidate_id, candidate } = fields.parse(body);
  return {
    id,
    job_id,
    candidate_id,
    candidate: {
      phone_number: toE164(candidate.phone_number),
      first_name: candidate.first_name.trim(),
      last_name: candidate.last_name.trim(),
      email_address: candidate.email_address.trim(),
    },
  };
}
