import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import {
  createSecret,
  parseSecrets,
  sign,
  TOLERANCE_SECONDS,
  verifySignature,
} from '../../src/lib/signature';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = createSecret();
const BODY = Buffer.from('{"name":"Zoë 🎉"}');
const NOW = Math.floor(Date.now() / 1000);
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';

function keyOf(secret: string): Buffer {
  const [key] = parseSecrets(secret);
  if (!key) throw new Error('no key');
  return key;
}

/** Signs with the reference implementation. */
function reference(secret = SECRET, at = NOW) {
  const signature = new Webhook(secret).sign(ID, new Date(at * 1000), BODY.toString());
  return { prefix: 'webhook' as const, id: ID, timestamp: String(at), signature };
}

const verify = (headers: Partial<ReturnType<typeof reference>>, secrets = SECRET, body = BODY) =>
  verifySignature(parseSecrets(secrets), { ...reference(), ...headers }, body, NOW);

function refusal(...args: Parameters<typeof verify>): string | null {
  const verified = verify(...args);
  return 'error' in verified ? verified.error : null;
}

describe('compared with the reference implementation of Standard Webhooks', () => {
  it('accepts its signatures', () => {
    expect(refusal({})).toBeNull();
  });

  it('makes signatures that it accepts', () => {
    const headers = {
      'webhook-id': ID,
      'webhook-timestamp': String(NOW),
      'webhook-signature': sign(keyOf(SECRET), ID, NOW, BODY),
    };
    expect(new Webhook(SECRET).verify(BODY.toString(), headers)).toEqual({ name: 'Zoë 🎉' });
  });

  it('signs as the specification describes', () => {
    const digest = createHmac('sha256', Buffer.from(SECRET.slice('whsec_'.length), 'base64'));
    const expected = digest.update(`${ID}.${NOW}.`).update(BODY).digest('base64');
    expect(sign(keyOf(SECRET), ID, NOW, BODY)).toBe(`v1,${expected}`);
  });

  it('makes secrets that it accepts', () => {
    const secret = createSecret();
    expect(new Webhook(secret).sign(ID, new Date(NOW * 1000), 'x')).toBe(
      sign(keyOf(secret), ID, NOW, Buffer.from('x')),
    );
  });
});

it('signs the raw bytes, also if they are not UTF-8', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
  const signature = sign(keyOf(SECRET), ID, NOW, bytes);
  expect(refusal({ signature }, SECRET, bytes)).toBeNull();
  const lookalike = Buffer.from(bytes.toString()); // each wrong byte became U+FFFD
  expect(refusal({ signature }, SECRET, lookalike)).toMatch(/matches none/);
});

describe('rotation', () => {
  it.each([`${SECRET} ${OTHER}`, `${OTHER},${SECRET}`, ` ${OTHER}\n${SECRET} `])(
    'accepts each of several secrets: %j',
    (secrets) => {
      expect(refusal(reference(SECRET), secrets)).toBeNull();
      expect(refusal(reference(OTHER), secrets)).toBeNull();
    },
  );

  it('returns the index of the key that signed', () => {
    expect(verify(reference(SECRET), `${SECRET} ${OTHER}`)).toEqual({ key: 0 });
    expect(verify(reference(OTHER), `${SECRET} ${OTHER}`)).toEqual({ key: 1 });
  });

  it('accepts a delivery with several signatures if one is valid', () => {
    const valid = reference().signature;
    const other = reference(OTHER).signature;
    expect(refusal({ signature: `${other} ${valid}` })).toBeNull();
    expect(refusal({ signature: `${valid} ${other}` })).toBeNull();
  });

  it('refuses a secret that was removed', () => {
    expect(refusal(reference(OTHER))).toMatch(/matches none/);
  });
});

describe('time', () => {
  it.each([-TOLERANCE_SECONDS, TOLERANCE_SECONDS])('accepts a delivery %i seconds from now', (off) => {
    expect(refusal(reference(SECRET, NOW + off))).toBeNull();
  });

  it.each([-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1])('refuses one %i seconds from now', (off) => {
    expect(refusal(reference(SECRET, NOW + off))).toMatch(/more than 300 seconds/);
  });

  it.each(['soon', '1.5', '-1', '1e9', '0x10', '9'.repeat(30), ` ${NOW}`])(
    'refuses the timestamp %j',
    (timestamp) => {
      expect(refusal({ timestamp })).toMatch(/whole number of seconds/);
    },
  );
});

describe('a delivery that was changed', () => {
  it('is refused with another body', () => {
    expect(refusal({}, SECRET, Buffer.from('{"name":"Zoë 🎊"}'))).toMatch(/matches none/);
  });

  it('is refused with another id', () => {
    expect(refusal({ id: 'msg_other' })).toMatch(/matches none/);
  });

  it('is refused with another timestamp', () => {
    expect(refusal({ timestamp: String(NOW - 1) })).toMatch(/matches none/);
  });

  it.each(['id', 'timestamp', 'signature'] as const)('is refused without its %s', (name) => {
    expect(refusal({ [name]: '' })).toMatch(/missing signature/);
  });
});

describe('the signature header', () => {
  const base64 = reference().signature.slice('v1,'.length);

  it.each([`v1a,${base64}`, `v2,${base64}`, base64, `V1,${base64}`, 'v1', ','])(
    'must have a signature of version v1: %s',
    (signature) => {
      expect(refusal({ signature })).toMatch(/no signature of version v1/);
    },
  );

  it('may have signatures of unknown versions too', () => {
    expect(refusal({ signature: `v1a,AAAA v1,${base64} v2,BBBB` })).toBeNull();
  });

  it.each(['v1,', 'v1,%%%', 'v1,AAAA', `v1,${base64.slice(0, -4)}`])(
    'is refused if it is not the signature in base64: %s',
    (signature) => {
      expect(refusal({ signature })).toMatch(/matches none/);
    },
  );
});

it('refuses every delivery if no secret is configured', () => {
  expect(parseSecrets(' , ')).toEqual([]);
  expect(refusal({}, '')).toMatch(/matches none/);
  const empty = sign(Buffer.alloc(0), ID, NOW, BODY);
  expect(refusal({ signature: empty }, '')).toMatch(/matches none/);
});

describe('parseSecrets', () => {
  it.each(['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_', 'whsec_!!!!', 'WHSEC_AAAA'])(
    'refuses %j',
    (secret) => {
      expect(() => parseSecrets(secret)).toThrow(/secret 1 must be whsec_/);
    },
  );

  it('refuses a key of less than 24 bytes', () => {
    expect(() => parseSecrets(`${SECRET} whsec_AAAA`)).toThrow(/secret 2 is too short/);
  });

  it('does not show the secret in its error', () => {
    expect(() => parseSecrets('whsec_hunter2!')).toThrow(/^((?!hunter2).)*$/);
  });
});
