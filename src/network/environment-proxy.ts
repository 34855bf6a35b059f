import { BlockList, isIP } from "node:net";

/** Environment variables by name; each is read in upper case and in lower case. */
type Environment = Record<string, string | undefined>;

/**
 * The proxy for a URL from the environment: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY excepts the host. The rules are
 * those of Go's net/http, and so of kubectl and the AWS SDK for Go
 * (https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config): loopback addresses are never reached through a proxy;
 * NO_PROXY holds names, which stand for their subdomains too, addresses, and ranges (10.0.0.0/8), each with or without
 * a port, or `*`.
 */
export function environmentProxy(server: string, environment: Environment): string | undefined {
  const url = new URL(server);
  const name = url.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const proxy = variable(environment, name);
  if (proxy === undefined || isExcepted(url, variable(environment, "NO_PROXY") ?? "")) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

/**
 * The URL of a proxy, or undefined where it is not one of a scheme that kubectl knows: http, https, socks5. socks5h is
 * another name of socks5: the proxy resolves names either way.
 */
export function readProxyUrl(proxy: string): string | undefined {
  const url = proxy.replace(/^socks5h:/, "socks5:");
  return URL.canParse(url) && /^(https?|socks5):/.test(url) ? url : undefined;
}

function variable(environment: Environment, name: string): string | undefined {
  return (environment[name] || environment[name.toLowerCase()])?.trim() || undefined;
}

function isExcepted(url: URL, list: string): boolean {
  const host = hostOf(url.hostname);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (host === "localhost" || isInRange(host, "127.0.0.0/8") || host === "::1") return true;
  return list
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === "*" || (entry !== "" && matches(entry, host, port)));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry.includes("/")) return isInRange(host, entry);
  const bare = isIP(hostOf(entry)) === 6;
  const [, name = entry, wantedPort] = bare ? [] : (/^(.*?)(?::(\d+))?$/.exec(entry) ?? []);
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const wanted = hostOf(name);
  if (isIP(wanted) > 0) return wanted === host;
  // `.example.com` and `*.example.com` stand for subdomains alone.
  const domain = wanted.replace(/^\*\./, ".");
  return domain.startsWith(".") ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function isInRange(host: string, range: string): boolean {
  const family = isIP(host);
  const [address = "", bits = ""] = range.split("/");
  if (family === 0 || isIP(address) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const type = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}

/** Removes the brackets of an IPv6 address in a URL. */
function hostOf(name: string): string {
  return name.replace(/^\[(.*)\]$/, "$1").toLowerCase();
}
