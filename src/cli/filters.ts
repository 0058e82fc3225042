/** The filters of a list by the name of their flag. */
type Filter = Readonly<Record<string, string | Date | boolean | readonly string[] | undefined>>;

const PLAIN = /^[\w.:@,+-]+$/;

function formatValue(value: string | Date | readonly string[]): string {
  const text = value instanceof Date ? value.toISOString() : [value].flat().join(',');
  return PLAIN.test(text) ? text : JSON.stringify(text);
}

/** Returns the filters as flags, for example `--status CREATED,ONGOING --job job-1`; an empty text if there are none. */
export function formatFilter(filter: Filter): string {
  return Object.entries(filter)
    .flatMap(([name, value]) => {
      if (value === undefined || value === false) return [];
      return value === true ? [`--${name}`] : [`--${name} ${formatValue(value)}`];
    })
    .join(' ');
}

/**
 * Returns the notice of an empty list: that no row matches the filter, else that there are no rows.
 * @param list `command` lists all rows, `nothing` is the notice without a filter
 */
export function describeEmptyList(
  filter: Filter,
  { noun, command, nothing }: { noun: string; command: string; nothing: string },
): string {
  const flags = formatFilter(filter);
  return flags === '' ? nothing : `no ${noun} match ${flags}: list all with \`${command}\``;
}
