// SPDX-License-Identifier: GPL-3.0-or-later
// Makes a key and a self-signed certificate with npm `jsrsasign` alone, the library that Patchworks offers to scripts.
// One JSON question per line of standard input, one JSON answer per line:
// {"curve"} -> {"key", "certificate"}, both PEM.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { KEYUTIL, KJUR } = createRequire(import.meta.url)('jsrsasign');

function make({ curve }) {
  const { prvKeyObj: key, pubKeyObj: publicKey } = KEYUTIL.generateKeypair('EC', curve);
  const day = (offset) => {
    const date = new Date(Date.now() + offset * 86400000);
    return `${date.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
  };
  const certificate = new KJUR.asn1.x509.Certificate({
    version: 3,
    serial: { int: 4 },
    issuer: { str: '/CN=jsrsasign' },
    subject: { str: '/CN=jsrsasign' },
    notbefore: day(-1),
    notafter: day(300),
    sbjpubkey: publicKey,
    ext: [{ extname: 'basicConstraints', cA: true }],
    sigalg: 'SHA256withECDSA',
    cakey: key,
  });
  return { key: KEYUTIL.getPEM(key, 'PKCS8PRV'), certificate: certificate.getPEM() };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(make(JSON.parse(line)))}\n`);
}
