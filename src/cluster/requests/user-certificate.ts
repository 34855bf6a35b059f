import { X509Certificate } from "node:crypto";
import type { TlsOptions } from "../kubeconfig/credentials.ts";
import { certificateFault, describeCertificate } from "./certificate-faults.ts";

/** How long a server is listened to for its refusal, in milliseconds: it comes right after the handshake. */
const REFUSAL_TIMEOUT = 2_000;

/** The certificate by which the user authenticates. */
export interface UserCertificate {
  /** `CN=carol, issued by CN=kubernetes, valid from 2025-01-01 to 2026-01-01`. */
  title: string;
  state: "valid" | "expired" | "not valid yet";
}

/** Reads the first certificate of a PEM; undefined where there is none that can be read. */
export function readUserCertificate(pem: string, now: Date): UserCertificate | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return undefined;
  }
  const { subject, issuer, validFrom, validTo, validFromDate, validToDate } = certificate;
  const [of, by] = [subject, issuer].map((name) => name.replaceAll("\n", ", ").slice(0, 200));
  return {
    title: describeCertificate({ subject: of ?? "", issuer: by ?? "", from: validFrom, to: validTo }),
    state: now > validToDate ? "expired" : now < validFromDate ? "not valid yet" : "valid",
  };
}

/** What to do where an API server does not accept the certificate. */
export function adviseOnUserCertificate({ title, state }: UserCertificate): string {
  if (state === "valid") {
    return `The API server does not accept the certificate of the user (${title}): perhaps another cluster's authority has signed it. Take the client-certificate of this cluster's user in the kubeconfig, or choose another --context`;
  }
  const what = state === "expired" ? "has expired" : "is not valid yet";
  return `The certificate of the user ${what} (${title}): renew client-certificate of the user in the kubeconfig, and check the clock of this machine`;
}

/**
 * Finds out whether a server closes connections since it does not accept the certificate of the user. In TLS 1.3 it says so
 * after the handshake is done for the client, and the HTTP client sees a closed connection. Nothing is sent.
 *
 * @returns the error that says so; undefined where the server does not.
 */
export async function findRefusal(
  server: string,
  tls: TlsOptions,
  signal: AbortSignal,
): Promise<Error | undefined> {
  const { hostname, port } = new URL(server);
  // Loaded when it is needed: it takes longer than most of what a short command does.
  const { connect } = await import("node:tls");
  const host = hostname.replace(/^\[|\]$/g, "");
  return await new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || 443), ...tls });
    const end = (error?: Error) => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      resolve(certificateFault(error)?.whose === "user" ? error : undefined);
    };
    const abort = () => end();
    signal.addEventListener("abort", abort, { once: true });
    socket.setTimeout(REFUSAL_TIMEOUT, abort);
    socket.once("error", end);
    socket.once("close", abort);
    // Without a reader, nothing is read, and so no refusal.
    socket.resume();
  });
}
