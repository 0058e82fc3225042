import type { ApplicationEvent } from '../../src/lib/domain';

const AREAS = ['212', '415', '310', '312', '617', '702', '206', '303', '404', '512'];
const FIRST = ['Jane', 'Juan', 'Aïcha', 'Wei', 'Olga', 'Kwame', 'Zoë', 'Ravi'];
const LAST = ['Doe', 'García', 'Okafor', 'Ivanova', 'Müller', 'Nguyen', 'Smith', 'Haddad'];

/** Returns the n-th application of a burst, with its own application and candidate ids and a valid phone number. */
export function eventOf(label: string, n: number): ApplicationEvent {
  const first = FIRST[n % FIRST.length] ?? '';
  const last = LAST[(n >> 3) % LAST.length] ?? '';
  const area = AREAS[Math.floor(n / 10_000) % AREAS.length] ?? '';
  return {
    id: `application-${label}-${n}`,
    job_id: `job-${n % 1000}`,
    candidate_id: `candidate-${label}-${n}`,
    candidate: {
      phone_number: `+1${area}555${String(n % 10_000).padStart(4, '0')}`,
      first_name: first,
      last_name: last,
      email_address: `candidate-${n}@example.com`,
    },
  };
}

/** Returns applications of every outcome, to be processed one after the other: all contestants must agree on the results. */
export function mixedEvents(): ApplicationEvent[] {
  const [a, b, c, d] = [0, 1, 2, 3].map((n) => eventOf('mixed', n)) as [
    ApplicationEvent,
    ApplicationEvent,
    ApplicationEvent,
    ApplicationEvent,
  ];
  const secondJob = { ...a, id: 'mixed-active', job_id: 'job-other' };
  const sameJob = { ...b, id: 'mixed-duplicate' };
  return [a, b, a, secondJob, c, sameJob, secondJob, c, d];
}
