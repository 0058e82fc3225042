/** A fenced block of a page. */
export interface Block {
  language: string;
  text: string;
}

/** A command of a page, and the output that the page shows below it. */
export interface Sample {
  command: string;
  output: string | undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };

function decode(html: string): string {
  return html.replace(/&(\w+);/g, (_, name: string) => ENTITIES[name] ?? `unknown entity ${name}`);
}

/** Returns the fenced blocks of a served page, as a reader copies them. */
export function findBlocks(html: string): Block[] {
  const blocks = html.matchAll(/<pre[^>]*><code class="language-(\w+)">([^]*?)<\/code><\/pre>/g);
  return [...blocks].map(([, language = '', text = '']) => ({ language, text: decode(text) }));
}

/** Returns the commands of a page. A `text` block right after a command is its output. */
export function findSamples(blocks: readonly Block[]): Sample[] {
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== 'sh') return [];
    const next = blocks[index + 1];
    return [{ command: text, output: next?.language === 'text' ? next.text : undefined }];
  });
}

/** Returns the files of a page, by the name in their first line. */
export function findFiles(blocks: readonly Block[]): Map<string, string> {
  const programs = blocks.filter(({ language }) => ['js', 'python'].includes(language));
  return new Map(programs.map(({ text }) => [/^(?:\/\/|#) (\S+)\n/.exec(text)?.[1] ?? 'no name', text]));
}

/** Replaces what differs in each run: ids that conv makes, times, cursors, and the port of a receiver. */
export function withoutIds(output: string): string {
  return output
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replace(/\b[\w-]{60,}/g, '<cursor>')
    .replace(/port \d+/g, 'port <port>');
}
