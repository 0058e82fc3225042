/** The output formats of `conv top`. */
export const TOP_FORMATS = ['table', 'json'] as const;
export type TopFormat = (typeof TOP_FORMATS)[number];
