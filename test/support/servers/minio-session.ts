/** Temporary credentials of MinIO, with a policy of their own. */

import { createHash, createHmac } from "node:crypto";
import { request } from "undici";
import type { S3Server } from "./s3-server.ts";

/** What AssumeRole gives. */
export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

/**
 * Asks MinIO for credentials that may do what `actions` name and no more, for an hour.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 *
 * @param denied resources (`arn:aws:s3:::BUCKET/KEY*`) with which they may do nothing of `actions` that deletes.
 */
export async function assumeRole(
  server: S3Server,
  actions: string[],
  now = new Date(),
  denied: readonly string[] = [],
): Promise<Session> {
  const allow = { Effect: "Allow", Action: actions, Resource: ["arn:aws:s3:::*"] };
  const deny = { Effect: "Deny", Action: ["s3:DeleteObject"], Resource: denied };
  return await sessionWith(server, denied.length === 0 ? [allow] : [allow, deny], now);
}

/** Asks MinIO for credentials that may do what the statements of a policy say, for an hour. */
export async function sessionWith(
  server: S3Server,
  Statement: readonly object[],
  now = new Date(),
): Promise<Session> {
  const policy = { Version: "2012-10-17", Statement };
  const body = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    DurationSeconds: "3600",
    Policy: JSON.stringify(policy),
  }).toString();
  const headers = sign(server, body, now);
  const response = await request(server.endpoint, { method: "POST", headers, body });
  const text = await response.body.text();
  const field = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
  const [accessKeyId, secretAccessKey, sessionToken] = ["AccessKeyId", "SecretAccessKey", "SessionToken"].map(
    field,
  );
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) {
    throw new Error(`Cannot get temporary credentials: ${text}`);
  }
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** Signature version 4. https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function sign(server: S3Server, body: string, now: Date): Record<string, string> {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = [time.slice(0, 8), "us-east-1", "sts", "aws4_request"];
  const headers: Record<string, string> = {
    "content-type": "application/x-www-form-urlencoded",
    host: new URL(server.endpoint).host,
    "x-amz-date": time,
  };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ["POST", "/", "", lines.join(""), names, sha256(body)].join("\n");
  const toSign = ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonical)].join("\n");
  let key: string | Uint8Array = `AWS4${server.secretAccessKey}`;
  for (const part of scope) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key).update(toSign).digest("hex");
  const credential = `${server.accessKeyId}/${scope.join("/")}`;
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return headers;
}
