import { isSameSecret, type Secrets } from "./secrets.ts";

/** The name of the cookie. */
export const COOKIE = "kube-backup";

/** What of a request decides whether it is answered. */
export interface AskedRequest {
  method: string;
  /** The path with the query, as it was sent. */
  url: string;
  host: string | undefined;
  origin: string | undefined;
  /** `Sec-Fetch-Site`, which browsers send and no script can set. */
  fetchSite: string | undefined;
  cookie: string | undefined;
  contentType: string | undefined;
}

/** What becomes of a request. */
export type Decision =
  /** The token was right: it counts no more, and the cookie goes out. */
  | { kind: "trade" }
  /** The path behind the folder of the session, and the query. */
  | { kind: "read"; path: string; query: URLSearchParams }
  /** The same, with a body. */
  | { kind: "post"; path: string }
  | { kind: "refuse"; status: number; reason: string };

/**
 * Decides on a request, before anything of the store is looked at. The page of another origin in the same browser, another
 * name for this address (DNS rebinding), and another process without the token get nothing.
 *
 * @param port the port that the server listens on.
 */
export function decideRequest(asked: AskedRequest, secrets: Secrets, port: number): Decision {
  const { method, host, origin, fetchSite } = asked;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`)
    return refuse(421, "this server has another name");
  if (method !== "GET" && method !== "POST") return refuse(405, "only GET and POST are answered");
  if (origin !== undefined && origin !== `http://${host}`)
    return refuse(403, "the request is of another page");
  const [path = "", query = ""] = asked.url.split("?", 2);
  if (method === "GET" && path === "/") return decideTrade(new URLSearchParams(query), secrets);
  if (fetchSite !== undefined && fetchSite !== "same-origin" && fetchSite !== "none")
    return refuse(403, "the request is of another page");
  const [, folder = "", ...rest] = path.split("/");
  const isSession = isSameSecret(folder, secrets.folder) && hasCookie(asked.cookie, secrets.session);
  // The same answer for what is there and what is not.
  if (!isSession) return refuse(401, "open the address that kube-backup ui has printed");
  if (method === "GET") return { kind: "read", path: rest.join("/"), query: new URLSearchParams(query) };
  if (origin === undefined) return refuse(403, "the request does not say which page it is of");
  if (asked.contentType !== "application/json") return refuse(415, "the body must be JSON");
  return { kind: "post", path: rest.join("/") };
}

function decideTrade(query: URLSearchParams, { token }: Secrets): Decision {
  const given = query.get("token");
  if (given === null) return refuse(401, "open the address that kube-backup ui has printed");
  if (token === undefined)
    return refuse(403, "the address was opened before; start kube-backup ui again for another one");
  return isSameSecret(given, token) ? { kind: "trade" } : refuse(403, "the token of the address is wrong");
}

/** Whether the header `Cookie` has the session; several of one name may be there, of other servers of this host. */
function hasCookie(header: string | undefined, session: string): boolean {
  const prefix = `${COOKIE}=`;
  return (header ?? "")
    .split(";")
    .map((each) => each.trim())
    .some((each) => each.startsWith(prefix) && isSameSecret(each.slice(prefix.length), session));
}

function refuse(status: number, reason: string): Decision {
  return { kind: "refuse", status, reason };
}
