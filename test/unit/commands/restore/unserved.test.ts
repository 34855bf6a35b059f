import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeUnserved } from "../../../../src/commands/restore/unserved.ts";

const WIDGETS = {
  group: "example.com",
  version: "v1",
  resource: "widgets",
  kind: "Widget",
  namespaced: true,
};
const SECRETS = { group: "", version: "v1", resource: "secrets", kind: "Secret", namespaced: true };
const served = (resource: typeof WIDGETS, ...versions: string[]) => ({
  ...resource,
  versions,
  verbs: ["list"],
});

describe("what to do about kinds that the cluster does not have", () => {
  const failed = new Set(["widgets.example.com", "secrets"]);
  const archived = [SECRETS, WIDGETS];

  it("says nothing of those that failed for another reason", () => {
    const here = [served(SECRETS, "v1"), served(WIDGETS, "v1")];
    assert.deepEqual(describeUnserved(failed, archived, here), []);
  });

  it("names one that is not there, how to get it, and how to go on without it", () => {
    const [advice, ...rest] = describeUnserved(failed, archived, [served(SECRETS, "v1")]);
    assert.deepEqual(rest, []);
    assert.match(
      advice ?? "",
      /^This cluster has no widgets\.example\.com: install .*CustomResourceDefinition/,
    );
    assert.match(advice ?? "", /--exclude-kinds=widgets\.example\.com$/);
  });

  it("names the versions of one that is there in others", () => {
    const here = [served(SECRETS, "v1"), served(WIDGETS, "v3", "v2")];
    assert.match(
      describeUnserved(failed, archived, here)[0] ?? "",
      /^This cluster has widgets\.example\.com as v3, v2, and the backup holds them as example\.com\/v1: /,
    );
  });

  it("says nothing of those of which nothing failed", () => {
    assert.deepEqual(describeUnserved(new Set(), archived, []), []);
  });
});
