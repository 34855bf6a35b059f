/** A certificate of a server, and the authority that nobody else knows. */

import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** PEM. */
export interface Certificate {
  ca: string;
  cert: string;
  key: string;
}

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];

/**
 * Makes an authority, and a certificate of it for a server of these names.
 *
 * @param options.expired whether the certificate was valid until yesterday; it is valid now by default.
 * @param options.local whether it is for 127.0.0.1 too, as it is by default.
 */
export async function makeCertificate(
  names: readonly string[],
  { expired = false, local = true }: { expired?: boolean; local?: boolean } = {},
): Promise<Certificate> {
  const folder = await mkdtemp(path.join(tmpdir(), "certificate-"));
  const file = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync("openssl", ["req", "-x509", ...KEY, ...args], { stdio: "pipe" });
  const alternatives = [...(local ? ["IP:127.0.0.1"] : []), ...names.map((name) => `DNS:${name}`)].join();
  try {
    openssl("-subj", "/CN=test authority", "-out", file("ca.crt"), "-keyout", file("ca.key"));
    openssl(
      ...["-subj", "/CN=server", "-addext", `subjectAltName=${alternatives}`],
      ...["-addext", "basicConstraints=critical,CA:FALSE", "-CA", file("ca.crt"), "-CAkey", file("ca.key")],
      ...["-out", file("tls.crt"), "-keyout", file("tls.key")],
    );
    if (expired) {
      // The same key again, signed once more: only this command takes a day that is past.
      const sign = ["-CA", file("ca.crt"), "-CAkey", file("ca.key"), "-copy_extensions", "copy"];
      const request = ["req", "-new", "-key", file("tls.key"), "-subj", "/CN=server"];
      const names = ["-addext", `subjectAltName=${alternatives}`, "-out", file("tls.csr")];
      execFileSync("openssl", [...request, ...names], { stdio: "pipe" });
      const again = ["x509", "-req", "-in", file("tls.csr"), "-days", "-1", ...sign, "-out", file("tls.crt")];
      execFileSync("openssl", again, { stdio: "pipe" });
    }
    const [ca, cert, key] = await Promise.all(
      ["ca.crt", "tls.crt", "tls.key"].map((name) => readFile(file(name), "utf8")),
    );
    return { ca: ca ?? "", cert: cert ?? "", key: key ?? "" };
  } finally {
    await rm(folder, { recursive: true });
  }
}
