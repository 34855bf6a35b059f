/** Connections that fail because of a certificate: trying again mends none of them. */

/** How long the certificate of a server is asked for, in milliseconds. */
const TIMEOUT = 3_000;

/** Why a connection failed, and what to do about it. */
export interface CertificateFault {
  /** Follows the name of the server's certificate, or stands for itself where it is not the server's. */
  reason: string;
  advice: string;
  /** Whose certificate is not accepted: the server's, the user's, or one of the kubeconfig that is none. */
  whose: "server" | "user" | "kubeconfig";
}

const CA_ADVICE =
  "Check certificate-authority of the cluster in the kubeconfig: it must be that of this API server";
const RENEW =
  "Renew the certificate of the API server (kubeadm certs renew), and check the clock of this machine";

/** By the codes of OpenSSL and Node: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const BY_CODE: Readonly<Record<string, readonly [reason: string, advice: string]>> = {
  CERT_HAS_EXPIRED: ["has expired", RENEW],
  CERT_NOT_YET_VALID: ["is not valid yet", RENEW],
  CERT_REVOKED: ["is revoked", RENEW],
  DEPTH_ZERO_SELF_SIGNED_CERT: ["is signed by itself, and by no authority that is known here", CA_ADVICE],
  SELF_SIGNED_CERT_IN_CHAIN: ["is of an authority that is not known here", CA_ADVICE],
  UNABLE_TO_GET_ISSUER_CERT: ["is of an authority that is not known here", CA_ADVICE],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ["is of an authority that is not known here", CA_ADVICE],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ["is of an authority that is not known here", CA_ADVICE],
  CERT_SIGNATURE_FAILURE: ["is not signed by the authority whose name it bears", CA_ADVICE],
  CERT_UNTRUSTED: ["is of an authority that is not trusted", CA_ADVICE],
  INVALID_CA: ["is of an authority that may not sign certificates", CA_ADVICE],
  INVALID_PURPOSE: ["is not one for servers", CA_ADVICE],
  CERT_REJECTED: ["is rejected", CA_ADVICE],
};

/** What the API server says of the user's certificate, as TLS alerts: ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED, or with TLSV1 and others. */
const USERS = /^ERR_SSL_[\w/]*ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA)$/;

/** The fault of a certificate; undefined where a connection failed for another reason. */
export function certificateFault(error: unknown): CertificateFault | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 4; each = each.cause, depth += 1) {
    const { code } = each as { code?: unknown };
    if (typeof code !== "string") continue;
    const [reason, advice] = BY_CODE[code] ?? [];
    if (reason !== undefined && advice !== undefined) return { reason, advice, whose: "server" };
    if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return wrongName(each);
    const [, alert] = USERS.exec(code) ?? [];
    if (alert !== undefined) {
      return {
        reason: `says ${alert.toLowerCase().replaceAll("_", " ")}`,
        advice:
          "Renew client-certificate of the user in the kubeconfig: it has expired, or another cluster's authority has signed it",
        whose: "user",
      };
    }
    if (/^ERR_OSSL_/.test(code)) {
      return {
        reason: "a certificate or a key of the kubeconfig is no PEM that can be read",
        advice:
          "Check certificate-authority, client-certificate and client-key of the context in the kubeconfig",
        whose: "kubeconfig",
      };
    }
  }
  return undefined;
}

function wrongName(error: Error): CertificateFault {
  const { host, cert } = error as { host?: unknown; cert?: { subjectaltname?: unknown } };
  const names = typeof cert?.subjectaltname === "string" ? cert.subjectaltname : "other names";
  return {
    reason: `is not for ${typeof host === "string" ? host : "this server"}, but for ${names.slice(0, 300)}`,
    advice: "Correct the server of the cluster in the kubeconfig, or name one of these with tls-server-name",
    whose: "server",
  };
}

/** The facts of a certificate that tell which one it is. */
export interface PeerCertificate {
  subject: string;
  issuer: string;
  from: string;
  to: string;
}

/** `CN=kube-apiserver, issued by CN=kubernetes, valid from 2025-01-01 to 2026-01-01`. */
export function describeCertificate({ subject, issuer, from, to }: PeerCertificate): string {
  const day = (text: string) => {
    const time = new Date(text);
    return Number.isNaN(time.getTime()) ? text : time.toISOString().slice(0, 10);
  };
  const by = issuer === subject ? "signed by itself" : `issued by ${issuer}`;
  return `${subject}, ${by}, valid from ${day(from)} to ${day(to)}`;
}

/** Asks a server for its certificate, whatever it is; undefined where the server does not show one. Nothing is sent. */
export async function readPeerCertificate(
  server: string,
  servername: string | undefined,
  signal: AbortSignal,
): Promise<PeerCertificate | undefined> {
  const { hostname, port } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, "");
  const name = servername === undefined ? {} : { servername };
  // Loaded when it is needed: it takes longer than most of what a short command does.
  const { connect } = await import("node:tls");
  return await new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || 443), ...name, rejectUnauthorized: false });
    const end = (found: PeerCertificate | undefined) => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      resolve(found);
    };
    const abort = () => end(undefined);
    signal.addEventListener("abort", abort, { once: true });
    socket.setTimeout(TIMEOUT, abort);
    socket.once("error", abort);
    socket.once("secureConnect", () => {
      const { subject, issuer, valid_from: from, valid_to: to } = socket.getPeerCertificate();
      end(subject === undefined ? undefined : { subject: nameOf(subject), issuer: nameOf(issuer), from, to });
    });
  });
}

/** `O=system:masters, CN=admin`. */
function nameOf(name: object): string {
  return Object.entries(name)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(", ")
    .slice(0, 200);
}
