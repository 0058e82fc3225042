/**
 * The part of 001-initial for `conv find` (src/applications/search.ts): candidates by phone number, email address and name.
 * Reversed, a phone number is found by all its digits or by the last ones, which a national form has. Names are found by the
 * beginning of the first or the last name.
 */
export const SEARCH_INDEXES = `
CREATE INDEX candidates_by_phone_number ON candidates (reverse(phone_number) text_pattern_ops);
CREATE INDEX candidates_by_email_address ON candidates (lower(email_address));
CREATE INDEX candidates_by_first_name ON candidates (lower(first_name || ' ' || last_name) text_pattern_ops);
CREATE INDEX candidates_by_last_name ON candidates (lower(last_name || ' ' || first_name) text_pattern_ops);
`;
