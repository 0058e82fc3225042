/** Jest's matchers, typed `unknown` instead of `any`, for use inside expected objects. */
export const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const containing = (part: string): unknown => expect.stringContaining(part);
export const without = (part: string): unknown => expect.not.stringContaining(part);
export const having = (fields: object): unknown => expect.objectContaining(fields);

/** Matches a time in the format of the API. */
export const ISO_TIME: unknown = like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
