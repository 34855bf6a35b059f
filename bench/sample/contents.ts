import { Buffer } from "node:buffer";
import { helmRelease } from "./helm-release.ts";
import { type Random, randomBase64, seededRandom, settingsText } from "./random.ts";

/** What files of a backup are made of, as far as compression is concerned: an object of each kind, with its number. */
export const CONTENTS = {
  "Helm releases": helm,
  "Secrets of 30 KB of random bytes": (random, index) =>
    object("Secret", index, { data: { key: randomBase64(random, 30_000) } }),
  "Secrets of 8 KB of random bytes": (random, index) =>
    object("Secret", index, { data: { key: randomBase64(random, 8_000) } }),
  "Secrets of 2 KB of random bytes": (random, index) =>
    object("Secret", index, { data: { key: randomBase64(random, 2_000) } }),
  "Secrets of passwords": (random, index) =>
    object("Secret", index, { data: { user: base64("app"), password: randomBase64(random, 24) } }),
  "Secrets of certificates": (random, index) =>
    object("Secret", index, {
      type: "kubernetes.io/tls",
      data: {
        "tls.crt": base64(pem(random, "CERTIFICATE", 1_000) + pem(random, "CERTIFICATE", 900)),
        "tls.key": base64(pem(random, "PRIVATE KEY", 1_200)),
      },
    }),
  "Secrets of settings": settings,
  "ConfigMaps of settings": (random, index) =>
    object("ConfigMap", index, { data: { settings: settingsText(random, 1_500) } }),
  "large ConfigMaps of settings": (random, index) =>
    object("ConfigMap", index, { data: { settings: settingsText(random, 100_000) } }),
  "ConfigMaps of checksums": (random, index) =>
    object("ConfigMap", index, {
      data: { sums: Buffer.from(randomBase64(random, 4_000), "base64").toString("hex") },
    }),
  Deployments: (random, index) =>
    object("Deployment", index, {
      spec: { replicas: 2, containers: [{ name: "main", image: `app:${Math.floor(random() * 1000)}` }] },
    }),
  "Helm releases among Secrets of settings": (random, index) =>
    index % 40 === 0 ? helm(random, index) : settings(random, index),
} satisfies Record<string, (random: Random, index: number) => string>;

/** The beginning of a file with such contents, of so many bytes. */
export function fileOf(content: keyof typeof CONTENTS, bytes: number): Buffer {
  const random = seededRandom(1);
  const make: (random: Random, index: number) => string = CONTENTS[content];
  const lines: string[] = [];
  for (let length = 0, index = 0; length < bytes; index += 1) {
    const line = make(random, index);
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join("")).subarray(0, bytes);
}

function helm(random: Random, index: number): string {
  return object("Secret", index, { data: { release: helmRelease(random, 50_000 + random() * 150_000) } });
}

function settings(random: Random, index: number): string {
  return object("Secret", index, { data: { settings: base64(settingsText(random, 4_000)) } });
}

function object(kind: string, index: number, members: object): string {
  const metadata = {
    name: `app-${index}`,
    namespace: "shop",
    labels: { "app.kubernetes.io/name": `app-${index}`, "app.kubernetes.io/managed-by": "Helm" },
  };
  return `${JSON.stringify({ apiVersion: "v1", kind, metadata, ...members })},\n`;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function pem(random: Random, type: string, bytes: number): string {
  const lines = randomBase64(random, bytes).replace(/.{64}/g, "$&\n");
  return `-----BEGIN ${type}-----\n${lines}\n-----END ${type}-----\n`;
}
