// A real OpenID Connect provider (panva's certified implementation) whose persons need not type anything.
// The tests say who logs in, and may hand over a token that was made for somebody else: POST /control.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const port = Number(process.argv[2]);
const answers = process.argv[3];
const told = { person: "", acr: undefined, offset: 0, swap: "", eppn: true };
const real = Date.now.bind(Date);
let skew = 0; // the clock by which tokens are made; the pages before them go by the right time
Date.now = () => real() + skew * 1000;

const client = (id) => ({
  client_id: id,
  client_secret: `${id}-secret-which-is-long-enough`,
  redirect_uris: [answers],
  response_types: ["code"],
  grant_types: ["authorization_code"],
  token_endpoint_auth_method: "client_secret_post",
});
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client("samhandla"), client("another")],
  claims: { openid: ["sub", "acr", "auth_time"], profile: ["eduPersonPrincipalName", "name"] },
  acrValues: ["http://id.elegnamnden.se/loa/1.0/loa2", "http://id.elegnamnden.se/loa/1.0/loa3"],
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { AuthorizationCode: 24 * 3600, IdToken: 3600 },
  pkce: { required: () => false },
  conformIdTokenClaims: false,
  cookies: { keys: ["a key of the tests"] },
  findAccount: async (ctx, id) => ({
    accountId: id,
    claims: async () => ({
      sub: id,
      ...(told.eppn && { eduPersonPrincipalName: id }),
      name: "Test Testsson",
    }),
  }),
});

const given = {};
provider.use(async (ctx, next) => {
  await next();
  if (!ctx.body?.id_token) return;
  given[ctx.oidc.client.clientId] ??= ctx.body.id_token;
  const [head, body, seal] = ctx.body.id_token.split(".");
  if (told.swap === "unsigned") {
    ctx.body.id_token = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.`;
  } else if (told.swap === "forged") {
    ctx.body.id_token = `${head}.${body}.${seal.slice(0, -8)}AAAAAAAA`;
  } else if (told.swap === "missing") {
    delete ctx.body.id_token;
  } else if (told.swap) {
    ctx.body.id_token = given[told.swap];
  }
});

async function control(request, response) {
  let text = "";
  for await (const part of request) text += part;
  Object.assign(told, JSON.parse(text));
  response.end("{}");
}

async function interaction(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (told.person === "cancel") {
    return provider.interactionFinished(request, response, { error: "access_denied" });
  }
  const grant = new provider.Grant({ accountId: told.person, clientId: params.client_id });
  grant.addOIDCScope("openid profile");
  const result = { consent: { grantId: await grant.save() } };
  if (prompt.name === "login" || session?.accountId !== told.person) {
    result.login = { accountId: told.person, acr: told.acr, ts: Math.floor(Date.now() / 1000) };
  }
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const serve = provider.callback();
createServer((request, response) => {
  if (request.url === "/control") return control(request, response);
  if (request.url.startsWith("/interaction/")) return interaction(request, response);
  skew = request.url === "/token" ? told.offset : 0;
  return serve(request, response);
}).listen(port, "127.0.0.1");
