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

/** Makes an authority, and a certificate of it for a server of these names and 127.0.0.1. */
export async function makeCertificate(names: readonly string[]): Promise<Certificate> {
  const folder = await mkdtemp(path.join(tmpdir(), "certificate-"));
  const file = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync("openssl", ["req", "-x509", ...KEY, ...args], { stdio: "pipe" });
  const alternatives = ["IP:127.0.0.1", ...names.map((name) => `DNS:${name}`)].join();
  try {
    openssl("-subj", "/CN=test authority", "-out", file("ca.crt"), "-keyout", file("ca.key"));
    openssl(
      ...["-subj", "/CN=server", "-addext", `subjectAltName=${alternatives}`],
      ...["-addext", "basicConstraints=critical,CA:FALSE", "-CA", file("ca.crt"), "-CAkey", file("ca.key")],
      ...["-out", file("tls.crt"), "-keyout", file("tls.key")],
    );
    const [ca, cert, key] = await Promise.all(
      ["ca.crt", "tls.crt", "tls.key"].map((name) => readFile(file(name), "utf8")),
    );
    return { ca: ca ?? "", cert: cert ?? "", key: key ?? "" };
  } finally {
    await rm(folder, { recursive: true });
  }
}
