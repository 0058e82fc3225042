import { SCOPES, type Scope } from '../../lib/domain';

const ALLOWS: Record<Scope, string> = {
  'applications:read': 'read applications',
  'applications:write': 'send and replay applications',
  'conversations:read': 'read applications, conversations and events',
  'conversations:write': 'move conversations',
  'candidates:read': 'read the personal data of candidates',
  'queues:admin': 'open the queue board',
  'metrics:read': 'read the metrics',
};

const scopes = SCOPES.map((scope) => `| \`${scope}\` | ${ALLOWS[scope]} |`).join('\n');

/** What a new integrator reads first, in Markdown. */
export const introduction = `Applicant-tracking systems send applications; other systems read conversations, follow events, and move conversations on.

## Begin

1. Get a token. An operator creates it: \`conv token create --name crm --scope conversations:read\`. On your own machine \`npm start\` prints
   one with all scopes.
2. On the page \`/docs\` of your conv, choose **Authorize**, enter the token, and confirm. The page forgets it when you close or reload it.
3. Open a call and choose **Execute**. It is a real call: what it changes stays changed.

Programs send the token in the header \`Authorization: Bearer conv_…\`.

## Scopes

| scope | allows |
| --- | --- |
${scopes}

## Send applications

A sender either signs each request, as [Standard Webhooks](https://www.standardwebhooks.com) describes, or sends a token with
\`applications:write\`. The page \`/docs\` cannot sign: try the call with a token there, first with \`dry_run=true\`, which stores nothing.
[Send your first webhook](/docs/guides/first-webhook) shows how to sign.
`;
