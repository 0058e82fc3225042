/** Returns a count and its noun as a notice names them: `1 application`, `5,000 applications`. */
export function pluralize(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
