export type Level = 'ok' | 'warning' | 'fault';

/** What one check found. */
export interface Result {
  level: Level;
  detail: string;
  /** What to do about it; null if it is ok. */
  remedy: string | null;
}

/** What one check found, as `conv doctor` prints it. */
export interface Finding extends Result {
  name: string;
}

/** A check by its name. It throws only if it cannot be carried out. */
export type NamedCheck<Subject> = readonly [name: string, check: (subject: Subject) => Promise<Result>];

export const ok = (detail: string): Result => ({ level: 'ok', detail, remedy: null });

export const warning = (detail: string, remedy: string): Result => ({ level: 'warning', detail, remedy });

export const fault = (detail: string, remedy: string): Result => ({ level: 'fault', detail, remedy });

/** Returns the result for a setting that the provider of Redis does not show. */
export const hidden = (setting: string, expected: string): Result =>
  warning('unknown, the provider hides it', `check in the provider's console that ${setting} is ${expected}`);
