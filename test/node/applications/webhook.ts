/** A webhook that the cluster asks about every ConfigMap and Deployment, and that runs in the same cluster. */

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { IMAGES } from "../../support/node/images.ts";

/** Its namespace. */
export const POLICY_NAMESPACE = "policy";
/** A ConfigMap with this label is refused. */
export const REFUSED_LABEL = "refuse";
/** What a refusal says. */
export const REFUSAL = "refused by the webhook of the cluster";

const NAME = "webhook";
const PORT = 8443;
/** Longer than a request is tried again. */
const SECONDS_TO_START = 12;

const SERVER = `
const read = (name) => fs.readFileSync("/tls/" + name);
https.createServer({ key: read("tls.key"), cert: read("tls.crt") }, async (incoming, answer) => {
  if (incoming.method === "GET") return answer.end();
  const { apiVersion, kind, request } = JSON.parse(Buffer.concat(await incoming.toArray()).toString());
  const allowed = request.object.metadata.labels?.["${REFUSED_LABEL}"] === undefined;
  const status = { message: "${REFUSAL}" };
  answer.setHeader("content-type", "application/json");
  answer.end(JSON.stringify({ apiVersion, kind, response: { uid: request.uid, allowed, status } }));
}).listen(${PORT});
process.on("SIGTERM", () => process.exit());
`;

/** Everything of the webhook. */
export interface Webhook {
  /** What serves it. */
  server: object[];
  /** What has the cluster ask it. */
  configuration: object;
}

/**
 * Makes the webhook, with a certificate of its own.
 *
 * @param folder where the certificate may lie.
 * @param ownerReferences of its Deployment.
 */
export async function makeWebhook(folder: string, ownerReferences: readonly object[]): Promise<Webhook> {
  const { key, certificate } = await makeCertificate(folder);
  const metadata = { name: NAME, namespace: POLICY_NAMESPACE };
  const labels = { app: NAME };
  const secret = { "tls.key": key, "tls.crt": certificate };
  const server = [
    { apiVersion: "v1", kind: "Secret", metadata, type: "kubernetes.io/tls", stringData: secret },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ port: 443, targetPort: PORT }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...metadata, ownerReferences },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podOf(NAME) } },
    },
  ];
  const service = { name: NAME, namespace: POLICY_NAMESPACE, path: "/review" };
  const rule = { operations: ["CREATE", "UPDATE"], apiVersions: ["v1"] };
  const configuration = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: NAME },
    webhooks: [
      {
        name: "webhook.policy.example.com",
        clientConfig: { service, caBundle: Buffer.from(certificate).toString("base64") },
        rules: [
          { ...rule, apiGroups: [""], resources: ["configmaps"] },
          { ...rule, apiGroups: ["apps"], resources: ["deployments"] },
        ],
        namespaceSelector: {
          matchExpressions: [
            { key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system"] },
          ],
        },
        failurePolicy: "Fail",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        timeoutSeconds: 5,
      },
    ],
  };
  return { server, configuration };
}

/** Whoever writes what it judges before it is ready meets a webhook that nobody serves. */
function podOf(secretName: string): object {
  return {
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: "main",
        image: IMAGES.node,
        imagePullPolicy: "Never",
        command: ["node", "--eval", SERVER],
        readinessProbe: {
          httpGet: { path: "/", port: PORT, scheme: "HTTPS" },
          initialDelaySeconds: SECONDS_TO_START,
          periodSeconds: 1,
        },
        volumeMounts: [{ name: "tls", mountPath: "/tls" }],
      },
    ],
    volumes: [{ name: "tls", secret: { secretName } }],
  };
}

/** A certificate for the Service's name that is its own authority, and its key; PEM. */
async function makeCertificate(folder: string): Promise<{ key: string; certificate: string }> {
  const [key, certificate] = [path.join(folder, "webhook.key"), path.join(folder, "webhook.crt")];
  const host = `${NAME}.${POLICY_NAMESPACE}.svc`;
  const made = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const subject = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`];
  await promisify(execFile)("openssl", ["req", ...made, ...subject, "-out", certificate, "-keyout", key]);
  return { key: await readFile(key, "utf8"), certificate: await readFile(certificate, "utf8") };
}
