// A department's system on the npm package openid-client: nothing in it is ours. It is given the house's address, its
// own id, secret, port and scope, and answers in JSON what it learned.
import http from 'node:http';
import * as jose from 'jose';
import * as oidc from 'openid-client';

const [issuer, clientId, secret, port, scope = 'openid profile'] = process.argv.slice(2);
const own = `http://localhost:${port}`;
const config = await oidc.discovery(new URL(issuer), clientId, {}, oidc.ClientSecretBasic(secret), {
  execute: [oidc.allowInsecureRequests],
});
const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
const kept = {};
let tokens;
const left = [];

async function page(request, url) {
  if (url.pathname === '/start') {
    kept.verifier = oidc.randomPKCECodeVerifier();
    kept.state = oidc.randomState();
    kept.nonce = oidc.randomNonce();
    return {
      to: oidc.buildAuthorizationUrl(config, {
        redirect_uri: `${own}/callback`,
        scope,
        code_challenge: await oidc.calculatePKCECodeChallenge(kept.verifier),
        code_challenge_method: 'S256',
        state: kept.state,
        nonce: kept.nonce,
        max_age: '3600',
      }).href,
    };
  }
  if (url.pathname === '/callback') {
    tokens = await oidc.authorizationCodeGrant(config, url, {
      pkceCodeVerifier: kept.verifier,
      expectedState: kept.state,
      expectedNonce: kept.nonce,
      idTokenExpected: true,
      maxAge: 3600,
    });
    const claims = tokens.claims();
    const told = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
    const stands = await oidc.tokenIntrospection(config, tokens.access_token);
    return { claims, told, stands };
  }
  if (url.pathname === '/leave') {
    return {
      to: oidc.buildEndSessionUrl(config, {
        id_token_hint: tokens.id_token,
        post_logout_redirect_uri: `${own}/left`,
        state: 'bye',
      }).href,
    };
  }
  if (url.pathname === '/back-channel') {
    let body = '';
    for await (const piece of request) body += piece;
    const token = new URLSearchParams(body).get('logout_token');
    const { payload } = await jose.jwtVerify(token, keys, { issuer, audience: clientId, typ: 'logout+jwt' });
    left.push(payload);
    return {};
  }
  return { left, state: url.searchParams.get('state') };
}

http
  .createServer(async (request, response) => {
    try {
      const { to, ...said } = await page(request, new URL(request.url, own));
      response.writeHead(to ? 302 : 200, to ? { location: to } : { 'content-type': 'application/json' });
      response.end(to ? '' : JSON.stringify(said));
    } catch (fault) {
      response.writeHead(400);
      response.end(String(fault.stack));
    }
  })
  .listen(Number(port), '127.0.0.1', () => console.log('listening'));
