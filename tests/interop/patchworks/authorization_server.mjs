// SPDX-License-Identifier: GPL-3.0-or-later
// oidc-provider as the authorization server of one NetSuite account: what it expects as audience is that account's real
// token endpoint, while it listens on loopback. Reads {"audience", "clients": [{"client_id", "algorithm",
// "certificate"}]} from standard input and prints {"url"} once it listens, then {"refused"} for each refusal.
import { X509Certificate, createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import Provider from 'oidc-provider';

const PATH = '/token';
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function clientOf({ client_id: clientId, algorithm, certificate }) {
  const parsed = new X509Certificate(certificate);
  const kid = createHash('sha256').update(parsed.raw).digest('base64url');
  return {
    client_id: clientId,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: algorithm,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    jwks: { keys: [{ ...parsed.publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }] },
  };
}

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
const { audience, clients } = JSON.parse(await new Promise((resolve) => {
  lines.once('line', resolve);
}));
const provider = new Provider(audience, {
  clients: clients.map(clientOf),
  clientAuthMethods: ['private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['PS256', 'ES256', 'ES384', 'ES512'] },
  routes: { token: PATH },
  ttl: { ClientCredentials: 3600 },
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
});
provider.on('grant.error', (_context, error) => say({ refused: `${error.error_detail ?? error.cause ?? error}` }));
provider.on('server_error', (_context, error) => say({ refused: `defect: ${error}` }));
const server = createServer(provider.callback());
server.listen(0, '127.0.0.1', () => say({ url: `http://127.0.0.1:${server.address().port}${PATH}` }));
