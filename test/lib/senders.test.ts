import { firstSecret, parseSenders } from '../../src/lib/senders';
import { createSecret, parseSecrets } from '../../src/lib/signature';

const [one, two] = [createSecret(), createSecret()];
const keyOf = (secret: string) => parseSecrets(secret)[0];

it('reads senders with their names', () => {
  expect(parseSenders(`greenhouse=${one} lever=${two}`)).toEqual([
    { name: 'greenhouse', key: keyOf(one) },
    { name: 'lever', key: keyOf(two) },
  ]);
});

it('reads two secrets of one sender, for rotation', () => {
  expect(parseSenders(`lever=${one},lever=${two}`).map(({ name }) => name)).toEqual(['lever', 'lever']);
});

it('reads a secret without a name, also if its base64 ends with =', () => {
  expect(one).toMatch(/=$/);
  expect(parseSenders(one)).toEqual([{ name: null, key: keyOf(one) }]);
});

it.each([
  ['some have a name', `lever=${one} ${two}`, /^secret 2 has no name: name all senders/],
  ['the first has none', `${one} lever=${two}`, /^secret 1 has no name/],
  ['a name has capitals', `Lever=${one}`, /^the name of secret 1 must have 1 to 32 lower-case letters/],
  ['a name is empty', `=${one}`, /^the name of secret 1/],
  ['a name is too long', `${'a'.repeat(33)}=${one}`, /^the name of secret 1/],
  ['a name holds the separator', `a:b=${one}`, /^the name of secret 1/],
  ['a named secret is too short', `lever=${one} lever=whsec_AAAA`, /^secret 2 is too short/],
  ['a named secret is none', 'lever=hunter2', /^secret 1 must be whsec_ followed by base64$/],
])('refuses a list in which %s', (_, list, message) => {
  expect(() => parseSenders(list)).toThrow(message);
});

it.each([
  [`lever=${one} lever=${two}`, one],
  [` , ${two}`, two],
  ['', undefined],
])('finds the first secret of a list without its name', (list, secret) => {
  expect(firstSecret(list)).toBe(secret);
});
