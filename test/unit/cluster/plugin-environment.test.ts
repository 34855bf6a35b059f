import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pluginEnvironment } from "../../../src/cluster/kubeconfig/plugin-environment.ts";

const KEY = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
const INHERITED = { PATH: "/bin", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key", AWS_PROFILE: "p" };
const GETS = { ...INHERITED };
const LACKS = { PATH: "/bin", AWS_PROFILE: "p" };

const CASES: [command: string, args: string[], gets: object][] = [
  ["aws", ["eks", "get-token", "--cluster-name", "blue"], GETS],
  ["/usr/local/bin/aws", ["eks", "get-token"], GETS],
  ["C:\\Program Files\\Amazon\\AWSCLIV2\\aws.exe", ["eks", "get-token"], GETS],
  ["aws-iam-authenticator", ["token"], GETS],
  ["aws-vault", ["exec", "blue", "--", "aws", "eks", "get-token"], GETS],
  ["sh", ["-c", "AWS_PROFILE=x aws eks get-token"], GETS],
  ["env", ["A=b", "aws", "eks"], GETS],
  ["gke-gcloud-auth-plugin", [], LACKS],
  ["kubelogin", ["get-token", "--login", "azurecli"], LACKS],
  ["kubectl", ["oidc-login", "--oidc-issuer-url=https://cognito.aws.example.com"], LACKS],
  ["/opt/laws/login", ["--to", "https://aws/"], LACKS],
  ["/home/aws/bin/login", [], LACKS],
];

describe("an exec plug-in", () => {
  for (const [command, args, expected] of CASES) {
    it(`${[command, ...args].join(" ")} ${expected === GETS ? "inherits" : "does not inherit"} the key for S3`, () => {
      const { environment, missing } = pluginEnvironment({ command, args, env: [] }, INHERITED, KEY);
      assert.deepEqual(environment, expected);
      assert.deepEqual(missing, expected === GETS ? [] : KEY.slice(0, 2));
    });
  }
  it("gets what the kubeconfig gives it, whatever that is", () => {
    const env = KEY.slice(0, 2).map((name) => ({ name, value: "other" }));
    assert.deepEqual(pluginEnvironment({ command: "login", args: [], env }, INHERITED, KEY), {
      environment: { ...LACKS, AWS_ACCESS_KEY_ID: "other", AWS_SECRET_ACCESS_KEY: "other" },
      missing: [],
    });
  });
  it("inherits all where the key is not this program's", () => {
    assert.deepEqual(pluginEnvironment({ command: "login", args: [], env: [] }, INHERITED, []), {
      environment: INHERITED,
      missing: [],
    });
  });
});
