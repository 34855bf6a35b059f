import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConnectionError } from "../../../src/cluster/requests/api-error.ts";
import { certificateFault, describeCertificate } from "../../../src/cluster/requests/certificate-faults.ts";

function failure(code: string, more: object = {}): Error {
  return new Error("fetch failed", { cause: Object.assign(new Error("why"), { code, ...more }) });
}

describe("certificates that are not accepted are told from servers that are away", () => {
  const rows: [code: string, whose: string | undefined, reason: RegExp][] = [
    ["CERT_HAS_EXPIRED", "server", /has expired/],
    ["CERT_NOT_YET_VALID", "server", /not valid yet/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "server", /signed by itself/],
    ["SELF_SIGNED_CERT_IN_CHAIN", "server", /not known here/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "server", /not known here/],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "server", /not known here/],
    ["CERT_SIGNATURE_FAILURE", "server", /not signed by/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "server", /is not for this server/],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "user", /certificate of the user/],
    ["ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED", "user", /certificate of the user/],
    ["ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED", "user", /certificate of the user/],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "user", /certificate of the user/],
    ["ERR_OSSL_PEM_NO_START_LINE", "kubeconfig", /no PEM/],
    ["ECONNREFUSED", undefined, /why/],
    ["ECONNRESET", undefined, /why/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", undefined, /why/],
  ];
  for (const [code, whose, reason] of rows) {
    it(code, () => {
      const fault = certificateFault(failure(code));
      assert.equal(fault?.whose, whose);
      const error = new ConnectionError("reach the cluster", "https://x:6443", failure(code));
      assert.equal(error.transient, whose === undefined);
      assert.match(error.message, reason);
      assert.notEqual(error.advice, undefined);
    });
  }

  it("the names of a certificate are told where none is the server's", () => {
    const cert = { subjectaltname: "DNS:kubernetes, IP Address:10.0.0.1" };
    const fault = certificateFault(failure("ERR_TLS_CERT_ALTNAME_INVALID", { host: "blue.example", cert }));
    assert.equal(fault?.reason, "is not for blue.example, but for DNS:kubernetes, IP Address:10.0.0.1");
  });

  it("a certificate is told by its names and its time", () => {
    const certificate = {
      subject: "CN=kube-apiserver",
      issuer: "CN=kubernetes",
      from: "Jan  1 00:00:00 2025 GMT",
      to: "Jan  1 00:00:00 2026 GMT",
    };
    assert.equal(
      describeCertificate(certificate),
      "CN=kube-apiserver, issued by CN=kubernetes, valid from 2025-01-01 to 2026-01-01",
    );
    assert.match(describeCertificate({ ...certificate, issuer: "CN=kube-apiserver" }), /signed by itself/);
  });
});
