import assert from "node:assert/strict";
import { test } from "node:test";
import { releaseValues } from "../../../build/release-chart.ts";
import { tar } from "../../../build/tar.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;
const VALUES = 'image:\n  repository: kube-backup\n  tag: ""\n  digest: ""\n';

test("the release's values name its image by digest, and are the tree's otherwise", () => {
  const released = releaseValues(VALUES, `ghcr.io/example/kube-backup@${DIGEST}`);
  assert.equal(
    released,
    `image:\n  repository: ghcr.io/example/kube-backup\n  tag: ""\n  digest: ${DIGEST}\n`,
  );
});

test("an image without digest, and values without a place for one, are refused", () => {
  assert.throws(() => releaseValues(VALUES, "ghcr.io/example/kube-backup:1"), /must be REGISTRY/);
  assert.throws(
    () => releaseValues("image: {}\n", `ghcr.io/example/kube-backup@${DIGEST}`),
    /values\.yaml has "repository: kube-backup" 0 times/,
  );
});

test("a name that does not fit into a tar archive is refused", () => {
  assert.throws(() => tar([{ name: "x".repeat(101), content: new Uint8Array() }]), /longer than 100 bytes/);
});
