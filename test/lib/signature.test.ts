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

/** What the reference implementation would send. */
function reference(secret = SECRET, at = NOW) {
  const signature = new Webhook(secret).sign(ID, new Date(at * 1000), BODY.toString());
  return { id: ID, timestamp: String(at), signature };
}

const verify = (headers: Partial<ReturnType<typeof reference>>, secrets = SECRET, body = BODY) =>
  verifySignature(parseSecrets(secrets), { ...reference(), ...headers }, body, NOW);

function faultOf(...args: Parameters<typeof verify>): string | null {
  const verified = verify(...args);
  return 'fault' in verified ? verified.fault : null;
}

describe('against the reference implementation of Standard Webhooks', () => {
  it('accepts what it signs', () => {
    expect(faultOf({})).toBeNull();
  });

  it('signs what it accepts', () => {
    const headers = {
      'webhook-id': ID,
      'webhook-timestamp': String(NOW),
      'webhook-signature': sign(keyOf(SECRET), ID, NOW, BODY),
    };
    expect(new Webhook(SECRET).verify(BODY.toString(), headers)).toEqual({ name: 'Zoë 🎉' });
  });

  it('signs to the letter of the specification', () => {
    const digest = createHmac('sha256', Buffer.from(SECRET.slice('whsec_'.length), 'base64'));
    const expected = digest.update(`${ID}.${NOW}.`).update(BODY).digest('base64');
    expect(sign(keyOf(SECRET), ID, NOW, BODY)).toBe(`v1,${expected}`);
  });

  it('makes secrets that it takes', () => {
    const secret = createSecret();
    expect(new Webhook(secret).sign(ID, new Date(NOW * 1000), 'x')).toBe(
      sign(keyOf(secret), ID, NOW, Buffer.from('x')),
    );
  });
});

it('is over the raw bytes, also where they are not UTF-8', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
  const signature = sign(keyOf(SECRET), ID, NOW, bytes);
  expect(faultOf({ signature }, SECRET, bytes)).toBeNull();
  const lookalike = Buffer.from(bytes.toString()); // each wrong byte became U+FFFD
  expect(faultOf({ signature }, SECRET, lookalike)).toMatch(/matches none/);
});

describe('rotation', () => {
  it.each([`${SECRET} ${OTHER}`, `${OTHER},${SECRET}`, ` ${OTHER}\n${SECRET} `])(
    'accepts each of several secrets: %j',
    (secrets) => {
      expect(faultOf(reference(SECRET), secrets)).toBeNull();
      expect(faultOf(reference(OTHER), secrets)).toBeNull();
    },
  );

  it('tells which of them signed', () => {
    expect(verify(reference(SECRET), `${SECRET} ${OTHER}`)).toEqual({ key: 0 });
    expect(verify(reference(OTHER), `${SECRET} ${OTHER}`)).toEqual({ key: 1 });
  });

  it('accepts a delivery that carries several signatures, one of them ours', () => {
    const ours = reference().signature;
    const theirs = reference(OTHER).signature;
    expect(faultOf({ signature: `${theirs} ${ours}` })).toBeNull();
    expect(faultOf({ signature: `${ours} ${theirs}` })).toBeNull();
  });

  it('no longer accepts a secret that was taken away', () => {
    expect(faultOf(reference(OTHER))).toMatch(/matches none/);
  });
});

describe('time', () => {
  it.each([-TOLERANCE_SECONDS, TOLERANCE_SECONDS])('accepts a delivery %i seconds from now', (off) => {
    expect(faultOf(reference(SECRET, NOW + off))).toBeNull();
  });

  it.each([-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1])('refuses one %i seconds from now', (off) => {
    expect(faultOf(reference(SECRET, NOW + off))).toMatch(/more than 300 seconds/);
  });

  it.each(['soon', '1.5', '-1', '1e9', '0x10', '9'.repeat(30), ` ${NOW}`])(
    'refuses the timestamp %j',
    (timestamp) => {
      expect(faultOf({ timestamp })).toMatch(/whole seconds/);
    },
  );
});

describe('what was changed on the way', () => {
  it('refuses another body', () => {
    expect(faultOf({}, SECRET, Buffer.from('{"name":"Zoë 🎊"}'))).toMatch(/matches none/);
  });

  it('refuses another id', () => {
    expect(faultOf({ id: 'msg_other' })).toMatch(/matches none/);
  });

  it('refuses another timestamp', () => {
    expect(faultOf({ timestamp: String(NOW - 1) })).toMatch(/matches none/);
  });

  it.each(['id', 'timestamp', 'signature'] as const)('refuses a delivery without its %s', (name) => {
    expect(faultOf({ [name]: '' })).toMatch(/needs the headers/);
  });
});

describe('the signature header', () => {
  const base64 = reference().signature.slice('v1,'.length);

  it.each([`v1a,${base64}`, `v2,${base64}`, base64, `V1,${base64}`, 'v1', ','])(
    'knows version v1 only: %s',
    (signature) => {
      expect(faultOf({ signature })).toMatch(/no signature of version v1/);
    },
  );

  it('passes over versions that it does not know', () => {
    expect(faultOf({ signature: `v1a,AAAA v1,${base64} v2,BBBB` })).toBeNull();
  });

  it.each(['v1,', 'v1,%%%', 'v1,AAAA', `v1,${base64.slice(0, -4)}`])(
    'refuses what is not the signature in base64: %s',
    (signature) => {
      expect(faultOf({ signature })).toMatch(/matches none/);
    },
  );
});

it('lets nobody in where no secret is configured', () => {
  expect(parseSecrets(' , ')).toEqual([]);
  expect(faultOf({}, '')).toMatch(/matches none/);
  const empty = sign(Buffer.alloc(0), ID, NOW, BODY);
  expect(faultOf({ signature: empty }, '')).toMatch(/matches none/);
});

describe('parseSecrets', () => {
  it.each(['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_', 'whsec_!!!!', 'WHSEC_AAAA'])(
    'refuses %j',
    (secret) => {
      expect(() => parseSecrets(secret)).toThrow(/secret 1 must be whsec_/);
    },
  );

  it('refuses a key that is too short to be one', () => {
    expect(() => parseSecrets(`${SECRET} whsec_AAAA`)).toThrow(/secret 2 is too short/);
  });

  it('does not show the secret in its error', () => {
    expect(() => parseSecrets('whsec_hunter2!')).toThrow(/^((?!hunter2).)*$/);
  });
});
