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
  const accountLabel = checkAccountId(read(variables, 'account id'));
  const consumerKey = checkConsumerKey(read(variables, 'consumer key'));
  const certificateId = checkCertificateId(read(variables, 'certificate id'));
  const scope = checkScope(find(variables, NAMES.scope));
  const subject = find(variables, NAMES.subject);
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

/** The first variable with one of the names that has a value, as text without surrounding blanks and quotes. */
function find(variables, names) {
  for (const name of names.map(bare)) {
    for (const [key, value] of Object.entries(variables)) {
      if (bare(key) === name && value !== null && value !== undefined) {
        const text = (typeof value === 'object' ? JSON.stringify(value) : String(value)).trim();
        const plain = text.replace(/^(["'])([^]*)\1$/, '$2').trim();
        if (plain !== '') {
          return plain;
        }
      }
    }
  }
  return null;
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

function checkScope(value) {
  const words = value === null ? DEFAULT_SCOPE : value.split(/[^A-Za-z_]+/).filter(Boolean);
  if (words.length === 0 || words.some((word) => !KNOWN_SCOPES.includes(word))) {
    throw new CredentialError('scope', `is not known. Use a list of ${KNOWN_SCOPES.join(', ')}.`);
  }
  return [...new Set(words)];
}

/** The PEM block of the private key. Forms, JSON and YAML turn its line ends into \n, blanks or nothing. */
function findPrivateKey(text) {
  if (text.startsWith('$ANSIBLE_VAULT')) {
    throw new CredentialError('private key', 'is still encrypted with Ansible Vault. Enter it decrypted.');
  }
  const plain = text.replace(/\\r/g, '').replace(/\\n/g, '\n');
  const blocks = [...plain.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^]*?)-----END \1-----/g)];
  const block = blocks.find((found) => found[1].endsWith('PRIVATE KEY'));
  if (block === undefined) {
    const kind = blocks.length > 0 && blocks[0][1].toLowerCase();
    throw new CredentialError('private key', kind
      ? `is a ${kind}. Enter the entire contents of auth-key.pem instead.`
      : 'is cut off or no PEM text. Enter the entire contents of auth-key.pem, BEGIN and END lines included.');
  }
  const [, label, body] = block;
  if (label.startsWith('ENCRYPTED') || body.includes('Proc-Type:')) {
    throw new CredentialError('private key', 'is protected by a passphrase, for which there is no field. Enter it'
      + ' decrypted.');
  }
  if (label.startsWith('OPENSSH')) {
    throw new CredentialError('private key', 'is in OpenSSH format. Convert it with: ssh-keygen -p -m PKCS8.');
  }
  const packed = body.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(packed) || packed.length % 4 !== 0) {
    throw damagedKey();
  }
  return { label, packed };
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
