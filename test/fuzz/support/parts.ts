import fc from 'fast-check';
import { applicationEvent } from '../../support/factories';

export interface Credentials {
  key: Buffer;
  otherKey: Buffer;
  /** With every scope. */
  token: string;
}

export type Headers = [string, string][];

export const WEBHOOK = '/webhooks/applications';
export const JSON_TYPE: [string, string] = ['Content-Type', 'application/json'];

/** Visible ASCII, which may stand in a header. */
export const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 200,
});

/** A body with which nothing is wrong. */
export const validBody = () => Buffer.from(JSON.stringify(applicationEvent()));
