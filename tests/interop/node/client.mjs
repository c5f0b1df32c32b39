// SPDX-License-Identifier: GPL-3.0-or-later
// A client of the token endpoint made with npm `jose` and fetch alone: signs an assertion, gets an access token, and
// verifies it with the account's JWK Set. One JSON question per line of standard input, one JSON answer per line.
//
// {"base_url", "key", "certificate", "algorithm", "client_id", "changes"} ->
// {"status", "error"} or {"status", "header", "claims"}
import { X509Certificate, createHash, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';

import { SignJWT, createRemoteJWKSet, importPKCS8, jwtVerify } from 'jose';

const OAUTH = '/services/rest/auth/oauth2/v1';
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

async function sign({ base_url: baseUrl, key, certificate, algorithm, client_id: clientId, changes }) {
  const kid = createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
  const now = Math.floor(Date.now() / 1000) - 5;
  const claims = {
    iss: clientId,
    scope: ['rest_webservices'],
    aud: `${baseUrl}${OAUTH}/token`,
    iat: now,
    exp: now + 300,
    jti: randomUUID(),
    ...changes,
  };
  const header = { alg: algorithm, typ: 'JWT', kid };
  return new SignJWT(claims).setProtectedHeader(header).sign(await importPKCS8(key, algorithm));
}

async function answer(question) {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: TYPE,
    client_assertion: await sign(question),
  });
  const response = await fetch(`${question.base_url}${OAUTH}/token`, { method: 'POST', body });
  const token = await response.json();
  if (response.status !== 200) {
    return { status: response.status, error: token.error };
  }
  const keys = createRemoteJWKSet(new URL(`${question.base_url}${OAUTH}/keys`));
  const { payload, protectedHeader } = await jwtVerify(token.access_token, keys, {
    issuer: 'https://system.netsuite.com',
    audience: question.client_id,
    algorithms: ['RS256', 'PS256'],
  });
  return { status: 200, header: protectedHeader, claims: payload };
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = await answer(JSON.parse(line));
  } catch (error) {
    said = { status: 0, error: `${error.code ?? error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
