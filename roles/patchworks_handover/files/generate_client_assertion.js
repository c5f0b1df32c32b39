// Copyright (c) 2026, the m2m.netsuite contributors
// GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

/*
 * NetSuite OAuth 2 - Generate Client Assertion
 *
 * A pre-request script for the authentication method "Netsuite OAuth2 Auth Client Credentials" of Patchworks' NetSuite
 * connector (JavaScript, Node 18, jsrsasign ^10.8.6). It reads the four credentials of a connector instance, signs the
 * JWT that NetSuite asks for, and hands it to the token request: in the request's body, and as the variable
 * client_assertion. When a credential is missing or damaged it fails with a sentence that names it; no message ever
 * holds a credential's value.
 */
'use strict';

const { BigInteger, KEYUTIL, KJUR, RSAKey } = require('jsrsasign');

// The variables of the authentication method that hold the credentials. Case, blanks, punctuation and a leading
// "netsuite" do not matter: "Consumer key", "consumer_key" and "NetSuite consumerKey" are one name. The first of the
// names that has a value is taken; put your own name first if your method calls it something else.
const NAMES = {
  'consumer key': ['consumer key', 'client id', 'client key'],
  'account id': ['account id', 'account', 'account number'],
  'private key': ['private key', 'auth key', 'key pem', 'private key pem'],
  'certificate id': ['certificate id', 'cert id', 'key id', 'kid'],
  'scope': ['scope', 'scopes'],
  'subject': ['assertion subject'], // the claim sub, which RFC 7523 wants and NetSuite does not; left out without it
};
const OUTPUT = ['client assertion', 'assertion', 'jwt']; // an existing variable of one of these names is filled as well

// What to ask NetSuite for when no variable called scope says otherwise. Each must be ticked on the integration record.
const DEFAULT_SCOPE = ['rest_webservices'];
const KNOWN_SCOPES = ['rest_webservices', 'restlets', 'suite_analytics'];

const LIFETIME = 300; // seconds; NetSuite takes less than an hour
const BACKDATED = 5; // seconds; NetSuite refuses an assertion from the future, and clocks differ a little

const RSA_BITS = [3072, 4096]; // what NetSuite takes, and the algorithm that goes with each curve
const CURVES = {
  secp256r1: { algorithm: 'ES256', digest: 'SHA256', bytes: 32 },
  secp384r1: { algorithm: 'ES384', digest: 'SHA384', bytes: 48 },
  secp521r1: { algorithm: 'ES512', digest: 'SHA512', bytes: 66 },
};

// What is not seen, and what stands around a value: white space of any alphabet, and the escape of a line end.
const HIDDEN = '\\u00ad\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u2069\\ufeff';
const INVISIBLE = new RegExp(`[${HIDDEN}]`, 'g');
const EDGE = `(?:[\\s\\x85${HIDDEN}]|\\\\[rn])+`;
const EDGES = new RegExp(`^${EDGE}|${EDGE}$`, 'g');
const QUOTES = [
  '""', '\'\'', '``', '\u201c\u201d', '\u2018\u2019', '\u201e\u201c', '\u201a\u2018', '\u201e\u201d', '\u201a\u2019',
  '\u201d\u201d', '\u2019\u2019', '\u00ab\u00bb', '\u00bb\u00ab', '\u00bb\u00bb', '\u2039\u203a', '\u203a\u2039',
  '\u300c\u300d', '\u300e\u300f', '\uff02\uff02',
];

// PEM text as JSON, CI variables, URLs, HTML, mail and shells leave it.
const LABEL = '[A-Z0-9 #]{1,64}';
const BLOCK = new RegExp(`-----BEGIN (${LABEL})-----((?:(?!-----)[^])*)-----END (${LABEL})-----`, 'g');
const ESCAPE = /\\+(?:u00([0-9A-Fa-f]{2})|x([0-9A-Fa-f]{2})|(0?1[25]|[nrt]))?/g;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos|nbsp|NewLine|Tab|plus|sol|equals|lowbar));/g;
const ENTITIES = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'', nbsp: ' ', NewLine: '\n', Tab: '\t', plus: '+', sol: '/',
  equals: '=', lowbar: '_',
};

// PEM labels, by the tags that their structures begin with.
const STRUCTURES = {
  'PRIVATE KEY': /^02 30 04/,
  'RSA PRIVATE KEY': /^02( 02){8}$/,
  'EC PRIVATE KEY': /^02 04/,
  'ENCRYPTED PRIVATE KEY': /^30 04$/,
  'PUBLIC KEY': /^30 03$/,
  'CERTIFICATE': /^30 30 03$/,
  'PKCS7': /^06 a0$/,
  'PKCS12': /^02 30( 30)?$/,
};
// The keys of RFC 8017 (appendix A.1.2) and RFC 5915 as shape() shows them.
const KEY_SHAPES = /^30\(02( 02){8}\)$|^30\(02 04( a0\(06\))? a1\(03\)\)$/;

/** A credential that cannot be used. The message names it and says what to do. */
class CredentialError extends Error {
  constructor(name, problem) {
    super(`NetSuite client assertion: the ${name} ${problem}`);
    this.name = 'CredentialError';
  }
}

/** Patchworks calls this before each token request. */
module.exports = async function (data) {
  const variables = (data && data.variables) || {};
  const accountLabel = checkAccountId(compact('account id', read(variables, 'account id')));
  const consumerKey = checkConsumerKey(compact('consumer key', read(variables, 'consumer key')));
  const certificateId = checkCertificateId(compact('certificate id', read(variables, 'certificate id')));
  const scope = checkScope(find(variables, NAMES.scope));
  const subject = checkSubject(find(variables, NAMES.subject));
  const key = loadKey(read(variables, 'private key'));

  const issued = Math.floor(Date.now() / 1000) - BACKDATED;
  const assertion = sign(key, certificateId, {
    iss: consumerKey,
    scope,
    aud: `https://${accountLabel}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token`,
    iat: issued,
    exp: issued + LIFETIME,
    jti: KJUR.crypto.Util.getRandomHexOfNbits(128),
    ...(subject !== null && { sub: subject }),
  });
  const payload = withAssertion(data && data.payload, assertion);
  return { ...data, payload, variables: withOutput(variables, assertion) };
};

/** A name without case, blanks, punctuation and a leading "netsuite". */
function bare(name) {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '').replace(/^netsuite(?=.)/, '');
}

/** The first variable with one of the names that has a value, as text without what is around it. */
function find(variables, names) {
  for (const name of names.map(bare)) {
    for (const [key, value] of Object.entries(variables)) {
      if (bare(key) === name && value !== null && value !== undefined) {
        const plain = tidy(typeof value === 'object' ? JSON.stringify(value) : String(value));
        if (plain !== '') {
          return plain;
        }
      }
    }
  }
  return null;
}

/** A text without white space, invisible characters and quotes around it: forms, mails and spreadsheets add them. */
function tidy(text) {
  let plain = text;
  for (let before = null; before !== plain;) {
    before = plain;
    plain = plain.replace(EDGES, '');
    if (plain.length > 1 && QUOTES.includes(plain[0] + plain.at(-1))) {
      plain = plain.slice(1, -1);
    }
  }
  return plain;
}

/** An id: printable ASCII without a blank in it. What is there instead is named by its place. */
function compact(name, value) {
  const text = tidy(value.replace(INVISIBLE, ''));
  const place = text.search(/[^!-~]/);
  if (place >= 0) {
    const code = text.codePointAt(place).toString(16).toUpperCase().padStart(4, '0');
    const what = /\s/.test(text[place]) ? 'white space' : `the character U+${code}`;
    throw new CredentialError(name, `holds ${what} at position ${place + 1} of ${text.length}. Copy it again, in one`
      + ' piece.');
  }
  return text;
}

function read(variables, name) {
  const value = find(variables, NAMES[name]);
  if (value === null) {
    const present = Object.keys(variables).join(', ') || 'none';
    throw new CredentialError(name, `is missing: none of the variables (${present}) has it. Enter it in the connector`
      + ' instance; if the authentication method calls it otherwise, add that name to NAMES in this script.');
  }
  return value;
}

/** The account id as the first element of the account's host names. An assertion is made for nobody else. */
function checkAccountId(value) {
  if (/^\d+\.\d*(e[+-]?\d+)?$|^\d+e[+-]\d+$/i.test(value)) {
    throw new CredentialError('account id', 'is a number with a point or an exponent. Enter it as text, as NetSuite'
      + ' shows it: 1234567 or 1234567_SB1.');
  }
  const joined = value.match(/^(\d+)((?:sb|rp)\d*)$/i);
  if (joined) {
    throw new CredentialError('account id', `lacks the underscore between account and environment. Enter it as`
      + ` ${joined[1]}_${joined[2].toUpperCase()}.`);
  }
  if (/[./:]/.test(value)) {
    throw new CredentialError('account id', 'is an address. Enter only its first element: 1234567-sb1 of'
      + ' https://1234567-sb1.app.netsuite.com.');
  }
  const label = value.toLowerCase().replace(/_/g, '-');
  if (label.length > 63 || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(label)) {
    throw new CredentialError('account id', 'is not a NetSuite account id. Enter the first element of the URL seen'
      + ' after login, for example 1234567 or 1234567-sb1.');
  }
  return label;
}

function checkConsumerKey(value) {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) {
    throw new CredentialError('consumer key', 'is an Application ID. Enter the Client ID of the integration record,'
      + ' which NetSuite shows once, when the record is saved or its credentials are reset.');
  }
  if (!/^[0-9a-f]{64}$/i.test(value)) {
    throw new CredentialError('consumer key', `is damaged: it has ${value.length} characters, and a consumer key has 64`
      + ' hexadecimal ones. Copy it again from where it was saved when the integration record was made.');
  }
  return value;
}

function checkCertificateId(value) {
  if (!/^[A-Za-z0-9_-]{43}$/.test(value)) {
    throw new CredentialError('certificate id', `is damaged: it has ${value.length} characters, and a certificate id`
      + ' has 43 letters, digits, hyphens and underscores. Copy it from OAuth 2.0 Client Credentials (M2M) Setup.');
  }
  return value;
}

function checkSubject(value) {
  if (value !== null && !/^[A-Za-z0-9_-]{1,80}$/.test(value)) {
    throw new CredentialError('assertion subject', 'is not an id. Enter the Client ID, or remove the variable.');
  }
  return value;
}

function checkScope(value) {
  const words = value === null ? DEFAULT_SCOPE : value.split(/[^A-Za-z_]+/).filter(Boolean);
  if (words.length === 0 || words.some((word) => !KNOWN_SCOPES.includes(word))) {
    throw new CredentialError('scope', `is not known. Use a list of ${KNOWN_SCOPES.join(', ')}.`);
  }
  return [...new Set(words)];
}

/** The private key among the PEM blocks of a text. What a block holds counts, not its label. */
function findPrivateKey(text) {
  if (text.startsWith('$ANSIBLE_VAULT')) {
    throw new CredentialError('private key', 'is still encrypted with Ansible Vault. Enter it decrypted.');
  }
  const blocks = pemBlocks(text);
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY')) || blocks[0];
  if (block === undefined) {
    throw new CredentialError('private key', 'is cut off or no PEM text. Enter the entire contents of auth-key.pem,'
      + ' BEGIN and END lines included.');
  }
  const { label, packed, encrypted } = block;
  if (encrypted) {
    throw new CredentialError('private key', 'is protected by a passphrase, for which there is no field. Enter it'
      + ' decrypted.');
  }
  if (label.startsWith('OPENSSH')) {
    throw new CredentialError('private key', 'is in OpenSSH format. Convert it with: ssh-keygen -p -m PKCS8.');
  }
  if (!label.endsWith('PRIVATE KEY')) {
    throw new CredentialError('private key', `is a ${label.toLowerCase()}. Enter the entire contents of auth-key.pem`
      + ' instead.');
  }
  if (decoded(packed) === null) {
    throw damagedKey();
  }
  return { label, packed };
}

/** All PEM blocks of a text. One that is base64 as a whole stands for what it was made from. */
function pemBlocks(text) {
  const plain = unescaped(text);
  const found = [...plain.matchAll(BLOCK)].map((parts) => pemBlock(...parts.slice(1))).filter(Boolean);
  if (found.length > 0 || plain.includes('-----')) {
    return found;
  }
  const bytes = decoded(pack(plain.replace(/data:[^,]{0,100},/, '')));
  if (bytes === null || bytes.length < 48) {
    return [];
  }
  const label = labelOf(bytes);
  return label ? [written(label, bytes)] : pemBlocks(bytes.toString('utf8'));
}

/** The text without what JSON, HTML, URLs, mail, shells and word processors did to it. */
function unescaped(text) {
  let plain = text;
  for (let layer = 0; layer < 4; layer += 1) { // JSON within JSON, an escape of an escape
    const before = plain;
    plain = plain.replace(ENTITY, (_all, decimal, hex, name) => ENTITIES[name] || String.fromCodePoint(
      Math.min(parseInt(decimal || hex, decimal ? 10 : 16), 0x10ffff),
    ));
    if (plain.includes('-----BEGIN+')) {
      plain = plain.replace(/\+/g, ' ');
    }
    plain = plain.replace(/%[0-9A-Fa-f]{2}/g, (code) => String.fromCharCode(parseInt(code.slice(1), 16)));
    plain = plain.replace(/=(0[AD]|20|3D)/g, (_all, code) => String.fromCharCode(parseInt(code, 16)));
    plain = plain.replace(ESCAPE, (_all, four, two, short) => {
      const alone = short ? '\n' : '';
      return four || two ? String.fromCharCode(parseInt(four || two, 16)) : alone;
    });
    if (plain === before) {
      break;
    }
  }
  if (/[^\x00-\x7f]/.test(plain)) { // eslint-disable-line no-control-regex -- all of ASCII
    plain = plain.replace(INVISIBLE, '').replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
      .replace(/[-\u2010-\u2015\u2212]{2,}|[\u2010-\u2015\u2212]/g, '-----');
  }
  return plain.replace(/<\/?(?:br|code|div|p|pre|span|wbr)\b[^<>]{0,200}>/gi, '\n');
}

function pemBlock(first, body, last) {
  const [label, end] = [first, last].map((one) => one.split(/\s+/).filter(Boolean).join(' '));
  const packed = pack(body);
  if (/Proc-Type:\s*4,\s*ENCRYPTED/.test(body)) {
    return { label: 'PRIVATE KEY', packed, encrypted: true };
  }
  // A form turns + into a blank, a shell swallows the backslash of \n.
  const guesses = [packed];
  if (body.includes(' ')) {
    guesses.push(pack(body.replace(/^ +| +$/g, '').replace(/ /g, '+')));
  }
  const lines = packed.replace(/n$/, '').match(/.{1,65}/g) || [];
  if (lines.every((line) => line.startsWith('n'))) {
    guesses.push(lines.map((line) => line.slice(1)).join(''));
  }
  for (const bytes of guesses.map(decoded)) {
    const real = bytes && labelOf(bytes);
    if (real) {
      return written(real, bytes);
    }
  }
  return label === end ? { label, packed, encrypted: label.startsWith('ENCRYPTED') } : null;
}

function written(label, bytes) {
  return { label, packed: bytes.toString('base64'), encrypted: label.startsWith('ENCRYPTED') };
}

/** Base64 without what stands between its lines. */
function pack(body) {
  const joined = body.replace(/["'`]\s{0,80}[+,.]?\s{0,80}["'`]/g, '');
  return joined.replace(/[>|"'`,;\s\x85]/g, '').replace(/-/g, '+').replace(/_/g, '/');
}

/** The bytes behind base64, its padding made good; null where it is not base64. */
function decoded(packed) {
  const bare64 = packed.replace(/=+$/, '');
  return /^[A-Za-z0-9+/]+$/.test(bare64) && bare64.length % 4 !== 1 ? Buffer.from(bare64, 'base64') : null;
}

/** What a DER structure is, by the tags of its elements; null where it is not known here, or damaged. */
function labelOf(bytes) {
  if (bytes.toString('latin1').startsWith('openssh-key-v1')) {
    return 'OPENSSH PRIVATE KEY';
  }
  try {
    const [outer, ...more] = elements(bytes);
    const inner = outer.tag === 0x30 ? elements(outer.content) : [];
    const tags = inner.map(({ tag }) => tag.toString(16).padStart(2, '0')).join(' ');
    const [label] = Object.entries(STRUCTURES).find(([, pattern]) => pattern.test(tags)) || [null];
    return more.length > 0 && label !== 'CERTIFICATE' ? null : label;
  } catch {
    return null;
  }
}

function unknownKind() {
  return new CredentialError('private key', 'is damaged, or of a kind that NetSuite does not take. It takes RSA keys'
    + ' with 3072 or 4096 bits and EC keys on P-256, P-384 and P-521.');
}

function damagedKey() {
  return new CredentialError('private key', 'is damaged: characters were lost or changed when it was copied. Enter the'
    + ' entire contents of auth-key.pem again.');
}

function loadKey(text) {
  const { label, packed } = findPrivateKey(text);
  const outer = Buffer.from(packed, 'base64');
  const inner = label === 'PRIVATE KEY' && /^30\(02 30\(06 0[56]\) 04/.test(shape(outer)) ? pkcs8Content(outer) : outer;
  if (!KEY_SHAPES.test(shape(inner))) {
    throw unknownKind();
  }
  let key;
  try {
    key = KEYUTIL.getKey(`-----BEGIN ${label}-----\n${packed.match(/.{1,64}/g).join('\n')}\n-----END ${label}-----\n`);
  } catch {
    throw damagedKey(); // the library's own words are dropped on purpose: they may quote the key
  }
  if (key instanceof RSAKey && !isWhole(key)) {
    throw damagedKey();
  }
  const bits = key instanceof RSAKey && key.n.bitLength();
  if (bits && !RSA_BITS.includes(bits)) {
    throw new CredentialError('private key', `is an RSA key with ${bits} bits. NetSuite takes 3072 and 4096.`);
  }
  if (!bits && !CURVES[key.curveName]) {
    throw unknownKind();
  }
  return key;
}

/**
 * The tags of a DER structure with their nesting: "30(02 04 a1(03))". jsrsasign must not see a structure whose lengths
 * do not add up: it may never come back from one.
 */
function shape(bytes) {
  return elements(bytes).map(({ tag, content }) => {
    const name = tag.toString(16).padStart(2, '0');
    return tag & 0x20 ? `${name}(${shape(content)})` : name;
  }).join(' ');
}

function elements(bytes) {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const [tag, first] = [bytes[at], bytes[at + 1]];
    const size = first > 0x80 ? first - 0x80 : 0;
    const start = at + 2 + size;
    if (first === undefined || first === 0x80 || size > 2 || start > bytes.length) {
      throw damagedKey();
    }
    const length = size > 0 ? bytes.readUIntBE(at + 2, size) : first;
    if (start + length > bytes.length) {
      throw damagedKey();
    }
    found.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

/** The key inside a PKCS#8 structure (RFC 5958). */
function pkcs8Content(bytes) {
  return elements(elements(bytes)[0].content)[2].content;
}

/** Whether the numbers of an RSA key belong together (RFC 8017 section 3.2): one lost character and they do not. */
function isWhole({ n, e, p, q, dmp1, dmq1, coeff }) {
  const { ONE } = BigInteger;
  const exponent = new BigInteger(String(e), 10);
  const inverts = (number, prime) => number.multiply(exponent).mod(prime.subtract(ONE)).equals(ONE);
  return e > 1 && p.signum() > 0 && p.multiply(q).equals(n) && inverts(dmp1, p) && inverts(dmq1, q)
    && coeff.multiply(q).mod(p).equals(ONE);
}

/** The compact JWS (RFC 7515): PS256 for an RSA key, the curve's own algorithm for an EC key. */
function sign(key, certificateId, claims) {
  const curve = CURVES[key.curveName];
  const header = { typ: 'JWT', alg: curve ? curve.algorithm : 'PS256', kid: certificateId };
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  let signature;
  try {
    signature = curve ? signWithEc(key, curve, text) : signWithRsa(key, text);
  } catch (error) {
    throw error instanceof CredentialError ? error : damagedKey();
  }
  return `${text}.${Buffer.from(signature, 'hex').toString('base64url')}`;
}

/** PS256 (RFC 7518 section 3.5), as hex. */
function signWithRsa(key, text) {
  const signer = new KJUR.crypto.Signature({ alg: 'SHA256withRSAandMGF1', psssaltlen: 32 });
  signer.init(key);
  return signer.signString(text);
}

/** ES256, ES384 or ES512 (RFC 7518 section 3.4), as hex. */
function signWithEc(key, curve, text) {
  // Under Node, jsrsasign draws its random numbers from Math.random(), and a guessed nonce gives an EC key away.
  key.getBigRandom = (limit) => {
    const drawn = new BigInteger(require('crypto').randomBytes(curve.bytes + 8).toString('hex'), 16);
    return drawn.mod(limit.subtract(BigInteger.ONE)).add(BigInteger.ONE);
  };
  const settings = { alg: `${curve.digest}withECDSA` };
  const signer = new KJUR.crypto.Signature(settings);
  signer.init(key);
  const der = signer.signString(text);
  const verifier = new KJUR.crypto.Signature(settings);
  verifier.init(new KJUR.crypto.ECDSA({ curve: key.curveName, pub: key.pubKeyHex }));
  verifier.updateString(text);
  if (!verifier.verify(der)) {
    throw damagedKey();
  }
  // The library's own conversion shortens one signature of P-521 in six, which no server accepts.
  const { r, s } = KJUR.crypto.ECDSA.parseSigHexInHexRS(der);
  return [r, s].map((number) => number.replace(/^0+/, '').padStart(2 * curve.bytes, '0')).join('');
}

/** The token request's body with the assertion in it, in the form in which it came; as a form when there was none. */
function withAssertion(payload, assertion) {
  const fields = {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
  if (isObject(payload)) {
    return { ...payload, ...fields };
  }
  const text = typeof payload === 'string' ? payload.trim() : '';
  try {
    const parsed = JSON.parse(text);
    if (isObject(parsed)) {
      return JSON.stringify({ ...parsed, ...fields });
    }
  } catch {
    // no JSON, so a form or nothing
  }
  const form = new URLSearchParams(/^[^=&\s<>]+=[^&]*(&[^=&]+=[^&]*)*$/.test(text) ? text : '');
  Object.entries(fields).forEach(([name, value]) => form.set(name, value));
  return form.toString();
}

function withOutput(variables, assertion) {
  const filled = { ...variables, client_assertion: assertion };
  for (const key of Object.keys(variables)) {
    if (OUTPUT.map(bare).includes(bare(key))) {
      filled[key] = assertion;
    }
  }
  return filled;
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
