// A real SAML identity provider (samlp) whose persons need not type anything.
// The tests say who logs in and what is wrong with the answer: POST /control.
const { createServer } = require("node:http");
const { readFileSync } = require("node:fs");
const samlp = require("samlp");

const [, , port, keyFile, certFile, entity] = process.argv;
const key = readFileSync(keyFile), cert = readFileSync(certFile);
const told = {};
const real = Date.now.bind(Date);
const RealDate = Date;
global.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [real() + (told.offset || 0) * 1000]));
  }
  static now() {
    return real() + (told.offset || 0) * 1000;
  }
};

function profileMapper() {
  const name = told.person;
  return {
    getClaims: () => ({ "urn:oid:1.3.6.1.4.1.5923.1.1.1.6": name }),
    getNameIdentifier: () => ({
      nameIdentifier: `subject-of-${name}`,
      nameIdentifierFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    }),
  };
}

const unsigned = (xml) => xml.replace(/<Signature .*?<\/Signature>/gs, "");

function login(request, response, query) {
  samlp.parseRequest({ query }, (problem, asked) => {
    if (problem) return response.writeHead(400).end(String(problem));
    const address = asked.assertionConsumerServiceURL;
    const options = {
      issuer: told.issuer || entity,
      audience: told.audience || asked.issuer,
      recipient: told.recipient || address,
      destination: address,
      inResponseTo: told.inResponseTo || asked.id,
      lifetimeInSeconds: 300,
      signAssertion: told.sign !== "message",
      signResponse: told.sign === "message",
      signatureAlgorithm: "rsa-sha256",
      digestAlgorithm: "sha256",
      authnContextClassRef: told.acr,
      key, cert, profileMapper,
    };
    samlp.getSamlResponse(options, { id: told.person }, (fault, xml) => {
      if (fault) return response.writeHead(500).end(String(fault));
      let sent = told.sign === "nothing" ? unsigned(xml) : xml;
      if (told.instead) sent = sent.replaceAll(told.person, told.instead);
      response.setHeader("Content-Type", "application/json");
      response.end(
        JSON.stringify({ action: address, SAMLResponse: Buffer.from(sent).toString("base64"), asked })
      );
    });
  });
}

async function control(request, response) {
  let text = "";
  for await (const part of request) text += part;
  for (const name of Object.keys(told)) delete told[name];
  Object.assign(told, JSON.parse(text));
  response.end("{}");
}

createServer((request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  if (url.pathname === "/control") return control(request, response);
  return login(request, response, Object.fromEntries(url.searchParams));
}).listen(Number(port), "127.0.0.1");
