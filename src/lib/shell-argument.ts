const PLAIN = /^[\w.:@,+/-]+$/;

/** Returns a text as a word that can be pasted into a shell, also as the value of `--option=`. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Returns an id as an argument that can be pasted into a shell: quoted if it must be, after `--` if it begins with a hyphen. */
export function shellArgument(id: string): string {
  return id.startsWith('-') ? `-- ${shellWord(id)}` : shellWord(id);
}
