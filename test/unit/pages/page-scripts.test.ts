/** What runs in browsers: each script is one text, made of the folder for it, and of the view library. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bundleScript, PAGE_SCRIPTS } from "../../../src/pages/scripts/bundle-script.ts";

/** Pure modules among them, which the layers allow, and what these import. */
const ALLOWED =
  /^(?:src\/(?:pages\/browser|words)\/|src\/(?:selection\/restore-command|kubernetes\/names)\.ts$|node_modules\/preact\/)/;

for (const name of PAGE_SCRIPTS) {
  describe(`the script of the page ${name}`, () => {
    it("holds nothing that a browser lacks or the layers forbid", async () => {
      const { metafile } = await bundleScript(name);
      const inputs = Object.keys(metafile.inputs);
      assert.ok(inputs.includes(`src/pages/browser/${name}/main.ts`));
      assert.deepEqual(
        inputs.filter((input) => !ALLOWED.test(input)),
        [],
      );
    });

    it("ends no element, begins no comment, and is the same each time", async () => {
      const { text } = await bundleScript(name);
      assert.doesNotMatch(text, /<\/script|<!--|[\r\u0080-\uffff]/i);
      assert.equal((await bundleScript(name)).text, text);
    });
  });
}
