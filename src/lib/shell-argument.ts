const PLAIN = /^[\w.:@,+/-]+$/;

/** Returns an id as an argument that can be pasted into a shell: quoted if it must be, after `--` if it begins with a hyphen. */
export function shellArgument(id: string): string {
  const word = PLAIN.test(id) ? id : `'${id.replaceAll("'", `'\\''`)}'`;
  return id.startsWith('-') ? `-- ${word}` : word;
}
