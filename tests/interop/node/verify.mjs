// SPDX-License-Identifier: GPL-3.0-or-later
// npm `jose` as a second opinion. One JSON question per line of standard input, one JSON answer per line.
//
// {"jws", "certificate", "algorithm", "audience", "issuer"} -> {"header", "claims", "thumbprint"} or {"error"}
import { X509Certificate, createHash } from 'node:crypto';
import { createInterface } from 'node:readline';

import { importX509, jwtVerify } from 'jose';

async function answer({ jws, certificate, algorithm, audience, issuer }) {
  const key = await importX509(certificate, algorithm);
  const options = { algorithms: [algorithm], audience, issuer, requiredClaims: ['iat', 'exp', 'jti'] };
  const { payload, protectedHeader } = await jwtVerify(jws, key, options);
  const thumbprint = createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
  return { header: protectedHeader, claims: payload, thumbprint };
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = await answer(JSON.parse(line));
  } catch (error) {
    said = { error: `${error.code ?? error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
