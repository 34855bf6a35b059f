/** The scripts of pages in a bundle: an executable holds their texts, since it has neither sources nor esbuild. */

import type { Metafile, Plugin } from "esbuild";
import { bundleScript, PAGE_SCRIPTS } from "../src/pages/scripts/bundle-script.ts";

/**
 * A plugin that puts the texts of the scripts in the place of the module that makes them from source.
 *
 * @param outputs gets what is in each script, as the outputs of esbuild's metafile, for notices and the SBOM.
 */
export function pageScripts(outputs: Metafile["outputs"]): Plugin {
  return {
    name: "page-scripts",
    setup(build) {
      build.onLoad({ filter: /[\\/]src[\\/]pages[\\/]scripts[\\/]page-script\.ts$/ }, async () => {
        const texts: Record<string, string> = {};
        for (const name of PAGE_SCRIPTS) {
          const { text, metafile } = await bundleScript(name);
          texts[name] = text;
          Object.assign(outputs, metafile.outputs);
        }
        const contents = `const texts = ${JSON.stringify(texts)};\nexport const pageScript = async (name) => texts[name];\n`;
        return { contents, loader: "js" };
      });
    },
  };
}
