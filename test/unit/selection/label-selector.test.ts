import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UsageError } from "../../../src/errors.ts";
import { parseLabelSelector } from "../../../src/selection/label-selector.ts";

const WEB = { app: "web", tier: "front", "example.com/team": "a_b.c", empty: "" };

// As k8s.io/apimachinery/pkg/labels has it.
const CASES: [selector: string, labels: Record<string, unknown>, matches: boolean][] = [
  ["app=web", WEB, true],
  ["app==web", WEB, true],
  ["app = web", WEB, true],
  [" app=web ", WEB, true],
  ["app=api", WEB, false],
  ["app=web", {}, false],
  ["app!=web", WEB, false],
  ["app!=api", WEB, true],
  ["app!=web", {}, true],
  ["app=web,tier=front", WEB, true],
  ["app=web,tier=back", WEB, false],
  ["app=web, tier=front", WEB, true],
  ["example.com/team=a_b.c", WEB, true],
  ["empty=", WEB, true],
  ["empty=", { app: "web" }, false],
  ["empty!=", WEB, false],
  ["app", WEB, true],
  ["canary", WEB, false],
  ["!canary", WEB, true],
  ["! canary", WEB, true],
  ["!app", WEB, false],
  ["app in (web,api)", WEB, true],
  ["app in (web, api)", WEB, true],
  ["app in ( api )", WEB, false],
  ["app in (api)", {}, false],
  ["app notin (web)", WEB, false],
  ["app notin (api)", WEB, true],
  ["app notin (api)", {}, true],
  ["app in(web)", WEB, true],
  ["app  in  (web)", WEB, true],
  ["empty in ()", WEB, true],
  ["empty in (,x)", WEB, true],
  ["app in (web),tier notin (back),!canary,example.com/team", WEB, true],
  ["app in (web),tier notin (front)", WEB, false],
  // Names of kinds of requirements are labels too.
  ["in in (x)", { in: "x" }, true],
  ["notin", { notin: "" }, true],
  ["replicas>1", { replicas: "2" }, true],
  ["replicas > 1", { replicas: "1" }, false],
  ["replicas<10", { replicas: "9" }, true],
  ["replicas<10", { replicas: "10" }, false],
  ["replicas<10", {}, false],
  ["replicas<10", { replicas: "many" }, false],
  // A label called as something that every object has is a label like others.
  ["constructor", {}, false],
  ["!toString", {}, true],
  ["constructor!=x", {}, true],
];

const WRONG = [
  "",
  "  ",
  "app web",
  "app=web,",
  ",app=web",
  "app=web,,tier=front",
  "=web",
  "app=web=api",
  "app=we b",
  "app in web",
  "app in (web",
  "app in web)",
  "app in (we b)",
  "app not in (web)",
  "app=-web",
  "app=web-",
  "-app=web",
  "a/b/c=d",
  "app=a/b",
  "app>x",
  "app>",
  "!app=web",
  "!!app",
  `app=${"x".repeat(64)}`,
  `${"x".repeat(64)}=web`,
  "app in (web))",
  "app:web",
  "__proto__",
];

describe("a label selector", () => {
  for (const [selector, labels, matches] of CASES) {
    it(`${JSON.stringify(selector)} ${matches ? "takes" : "passes over"} ${JSON.stringify(labels)}`, () => {
      assert.equal(parseLabelSelector(selector)(labels), matches);
    });
  }
  for (const selector of WRONG) {
    it(`${JSON.stringify(selector)} is none`, () => {
      assert.throws(() => parseLabelSelector(selector), UsageError);
    });
  }
});
