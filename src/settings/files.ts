/** Settings that name files. */

import { X509Certificate } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { delimiter } from "node:path";
import type { Parsed } from "./values.ts";

/** KUBECONFIG may list several files. As in kubectl, some files may be missing. */
export function parseKubeconfig(text: string): Parsed<string> {
  const files = text.split(delimiter).filter((file) => file !== "");
  const existing = files.filter((file) => existsSync(file));
  for (const file of existing.length > 0 ? existing : files) {
    const reason = whyUnreadable(file);
    if (reason !== undefined) {
      return { problem: `cannot be read: ${reason}${files.length > 1 ? `, ${file}` : ""}` };
    }
  }
  return { value: text };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;

/** A file of certificates in PEM; the value is its text. One certificate that cannot be read spoils the file. */
export function parseCertificates(file: string): Parsed<string> {
  const reason = whyUnreadable(file);
  if (reason !== undefined) return { problem: `cannot be read: ${reason}` };
  const text = readFileSync(file, "utf8");
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    return {
      problem: "holds no certificate: name a file of certificates in PEM (-----BEGIN CERTIFICATE-----)",
    };
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      const which = `certificate ${index + 1} of ${certificates.length}`;
      return { problem: `is broken: ${which} cannot be read; get the file anew` };
    }
  }
  return { value: text };
}

/** The text of a file. */
export function readText(file: string): Parsed<string> {
  const reason = whyUnreadable(file);
  return reason === undefined
    ? { value: readFileSync(file, "utf8") }
    : { problem: `cannot be read: ${reason}` };
}

/** Accepts pipes, because shells pass process substitutions as pipes. */
function whyUnreadable(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isDirectory() ? "it is a folder" : undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "ENOENT" ? "there is no such file" : `the file is not readable (${code})`;
  }
}
