import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile, createPackage, runPackage } from '../client/support/package';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const PAGE = join(__dirname, '../../docs/client.md');

/** What the samples use of their reader's program. It ends when the first event is handled. */
const READER = `
import type { Conversation } from 'conv/client';
function loadCursor(): Promise<string | null> {
  return Promise.resolve(null);
}
async function greet({ id }: Conversation): Promise<void> {
  const { status } = await unwrap(client.GET('/conversations/{id}', { params: { path: { id } } }));
  console.log('greet', id, status);
}
function saveCursor(): void {
  process.exit();
}
interface PushRequest {
  body: Buffer;
  headers: NodeJS.Dict<string | string[]>;
}
type Handler = (request: PushRequest, response: { sendStatus(status: number): void }) => void;
declare const express: { raw(options: object): object };
declare const app: { post(path: string, parser: object, handler: Handler): void };
`;

it('docs/client.md: the samples are one strict program that greets the candidate', async () => {
  const id = await createConversation(stores);
  const page = await readFile(PAGE, 'utf8');
  const samples = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  expect(samples).toHaveLength(4);
  const main = [...samples, READER].join('\n').replace('http://127.0.0.1:3000', web.url);
  const folder = await createPackage({ type: 'module', compilerOptions: { module: 'node16' }, main });
  expect(await compile(folder)).toBe('');
  expect(await runPackage(folder, { CONV_TOKEN: web.token })).toBe(`greet ${id} ONGOING\n`);
});
