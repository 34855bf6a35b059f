import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AskedRequest, decideRequest } from "../../../src/local-server/decide-request.ts";
import { newSecrets } from "../../../src/local-server/secrets.ts";

const PORT = 8123;
const SECRETS = { token: "t".repeat(43), session: "s".repeat(43), folder: "f".repeat(43) };
const ORIGIN = `http://127.0.0.1:${PORT}`;

/** A request of the page itself. */
const GET: AskedRequest = {
  method: "GET",
  url: `/${SECRETS.folder}/api/timeline?since=1`,
  host: `127.0.0.1:${PORT}`,
  origin: undefined,
  fetchSite: "same-origin",
  cookie: `kube-backup=${SECRETS.session}`,
  contentType: undefined,
};
const POST = { ...GET, method: "POST", origin: ORIGIN, contentType: "application/json" };
const OPEN = { ...GET, url: `/?token=${SECRETS.token}`, fetchSite: "none", cookie: undefined };

function outcome(request: AskedRequest, secrets: Parameters<typeof decideRequest>[1] = SECRETS): string {
  const decision = decideRequest(request, secrets, PORT);
  return decision.kind === "refuse" ? `refuse ${decision.status}` : decision.kind;
}

describe("a request to kube-backup ui", () => {
  const cases: [string, AskedRequest, string][] = [
    ["of the page", GET, "read"],
    ["of a program with the cookie, which sends no Sec-Fetch-Site", { ...GET, fetchSite: undefined }, "read"],
    ["by the name localhost", { ...GET, host: `localhost:${PORT}` }, "read"],
    ["typed into the address bar", { ...GET, fetchSite: "none" }, "read"],
    [
      "with cookies of other servers of this host",
      { ...GET, cookie: `a=b; kube-backup=other; kube-backup=${SECRETS.session}` },
      "read",
    ],
    ["that posts", POST, "post"],
    ["that opens the printed address", OPEN, "trade"],
    ["that opens it from a link of another page", { ...OPEN, fetchSite: "cross-site" }, "trade"],
    ["with another token", { ...OPEN, url: `/?token=${"x".repeat(43)}` }, "refuse 403"],
    ["with a part of the token", { ...OPEN, url: `/?token=${SECRETS.token.slice(1)}` }, "refuse 403"],
    ["with an empty token", { ...OPEN, url: "/?token=" }, "refuse 403"],
    ["without a token", { ...OPEN, url: "/" }, "refuse 401"],
    ["by another host name (DNS rebinding)", { ...GET, host: `evil.example:${PORT}` }, "refuse 421"],
    ["by another host name with the token", { ...OPEN, host: `evil.example:${PORT}` }, "refuse 421"],
    ["to another port", { ...GET, host: "127.0.0.1:80" }, "refuse 421"],
    ["without a host", { ...GET, host: undefined }, "refuse 421"],
    ["without a cookie", { ...GET, cookie: undefined }, "refuse 401"],
    ["with another cookie", { ...GET, cookie: `kube-backup=${"x".repeat(43)}` }, "refuse 401"],
    ["with a cookie of another name", { ...GET, cookie: `other=${SECRETS.session}` }, "refuse 401"],
    ["in another folder", { ...GET, url: `/${"x".repeat(43)}/api/timeline` }, "refuse 401"],
    ["of another site", { ...GET, fetchSite: "cross-site" }, "refuse 403"],
    ["of another port of this host", { ...GET, fetchSite: "same-site" }, "refuse 403"],
    ["whose Origin is another port", { ...GET, origin: "http://127.0.0.1:9999" }, "refuse 403"],
    ["whose Origin is null, as of a sandbox", { ...GET, origin: "null" }, "refuse 403"],
    ["that posts without an Origin", { ...POST, origin: undefined }, "refuse 403"],
    ["that posts from another page", { ...POST, origin: "https://evil.example" }, "refuse 403"],
    ["that posts without a cookie", { ...POST, cookie: undefined }, "refuse 401"],
    ["that posts a form", { ...POST, contentType: "text/plain" }, "refuse 415"],
    ["that posts to the root", { ...POST, url: `/?token=${SECRETS.token}` }, "refuse 401"],
    ["that asks which methods there are", { ...GET, method: "OPTIONS" }, "refuse 405"],
    ["that deletes", { ...POST, method: "DELETE" }, "refuse 405"],
  ];
  for (const [title, request, expected] of cases)
    it(`${title}: ${expected}`, () => assert.equal(outcome(request), expected));

  it("with a token that was traded before: refuse 403", () =>
    assert.equal(outcome(OPEN, { ...SECRETS, token: undefined }), "refuse 403"));

  it("is told its path and query", () => {
    const decision = decideRequest(GET, SECRETS, PORT);
    assert.ok(decision.kind === "read");
    assert.deepEqual([decision.path, decision.query.get("since")], ["api/timeline", "1"]);
  });
});

it("secrets are of 256 bits each, and never the same", () => {
  const [one, other] = [newSecrets(), newSecrets()];
  const all = [one, other].flatMap(({ token, session, folder }) => [token, session, folder]);
  assert.equal(new Set(all).size, 6);
  for (const each of all) assert.match(each ?? "", /^[-\w]{43}$/);
});
