import fc from 'fast-check';
import { applicationEvent } from '../../support/factories';

export interface Credentials {
  key: Buffer;
  otherKey: Buffer;
  /** A token with every scope. */
  token: string;
}

export type Headers = [string, string][];

export const WEBHOOK = '/webhooks/applications';
export const JSON_TYPE: [string, string] = ['Content-Type', 'application/json'];

/** Visible ASCII, which is allowed in headers. */
export const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
});

/** Returns a valid body. */
export const validBody = () => Buffer.from(JSON.stringify(applicationEvent()));
