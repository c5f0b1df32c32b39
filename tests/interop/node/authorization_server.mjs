// SPDX-License-Identifier: GPL-3.0-or-later
// oidc-provider, a certified authorization server of other people, at NetSuite's paths and under a path prefix.
//
// Reads {"clients": [{"client_id", "algorithm", "certificate", "token_algorithm"}]} from its standard input. A client
// with "redirect_uris" is a public one of the authorization code grant, for which PKCE is required; the pages on which
// a person logs in and consents are oidc-provider's own, which take any name. Prints one JSON line once it listens
// ({"issuer"}), and one for each token request it refuses ({"refused"}). It ends with its standard input.
import { Buffer } from 'node:buffer';
import { X509Certificate, createHash, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import Provider from 'oidc-provider';

const PREFIX = '/m2m/1234567';
const OAUTH = '/services/rest/auth/oauth2/v1';
const ALGORITHMS = ['PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];
const RESOURCE = 'urn:example:rest';

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function clientOf({ client_id: clientId, algorithm, certificate, redirect_uris: redirectUris }) {
  if (redirectUris) {
    return {
      client_id: clientId,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: redirectUris,
      scope: 'rest_webservices',
    };
  }
  const parsed = new X509Certificate(certificate);
  const kid = createHash('sha256').update(parsed.raw).digest('base64url');
  const key = { ...parsed.publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' };
  return {
    client_id: clientId,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: algorithm,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    scope: 'rest_webservices',
    jwks: { keys: [key] },
  };
}

function signingKeys() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  return ['PS256', 'RS256'].map((alg) => ({ ...jwk, alg, use: 'sig', kid: `k.${alg}` }));
}

function configuration(clients) {
  const signedWith = Object.fromEntries(clients.map((client) => [client.client_id, client.token_algorithm]));
  return {
    clients: clients.map(clientOf),
    clientAuthMethods: ['private_key_jwt', 'none'],
    enabledJWA: { clientAuthSigningAlgValues: ALGORITHMS },
    scopes: ['rest_webservices'],
    jwks: { keys: signingKeys() },
    routes: { authorization: '/app/login/oauth2/authorize.nl', token: `${OAUTH}/token`, jwks: `${OAUTH}/keys` },
    ttl: {
      AccessToken: 3600, AuthorizationCode: 60, ClientCredentials: 3600, Grant: 600, Interaction: 600, Session: 600,
    },
    cookies: { keys: ['a key of a test'] },
    pkce: { required: () => true },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => RESOURCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, _resource, client) => ({
          scope: 'rest_webservices',
          audience: RESOURCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: signedWith[client.clientId] } },
        }),
      },
    },
  };
}

const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
const { clients } = JSON.parse(await new Promise((resolve) => {
  lines.once('line', resolve);
}));

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}${PREFIX}`;
  const provider = new Provider(issuer, configuration(clients));
  provider.on('grant.error', (_context, error) => say({ refused: `${error.error_detail ?? error.cause ?? error}` }));
  provider.on('server_error', (_context, error) => say({ refused: `defect: ${error}` }));
  const answer = provider.callback();
  server.on('request', (request, response) => {
    request.originalUrl = request.url;
    if (!request.url.startsWith(PREFIX)) {
      response.writeHead(404).end(Buffer.from('outside the prefix'));
      return;
    }
    request.url = request.url.slice(PREFIX.length);
    answer(request, response);
  });
  say({ issuer });
});
