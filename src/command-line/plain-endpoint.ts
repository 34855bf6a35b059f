import { isIPv4 } from "node:net";

/** What an endpoint without TLS means; undefined where there is nothing to say. */
export function describePlainEndpoint(endpoint: URL | undefined): string | undefined {
  if (endpoint === undefined || endpoint.protocol !== "http:" || isLoopback(endpoint.hostname))
    return undefined;
  return `Archives go to ${endpoint.host} without encryption, with the Secrets in them: whoever is on the way can read and change them. Use https in ENDPOINT_URI where the server has it`;
}

/** Whether a host of a URL is this machine. */
function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/\.$/, "");
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "[::1]" ||
    (isIPv4(host) && host.startsWith("127."))
  );
}
