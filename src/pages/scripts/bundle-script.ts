import path from "node:path";
import type { Metafile } from "esbuild";

/** What runs in a browser: `browser/NAME/main.ts` of each. */
export const PAGE_SCRIPTS = ["diff", "ui"] as const;
export type PageScriptName = (typeof PAGE_SCRIPTS)[number];

const ROOT = path.resolve(import.meta.dirname, "../../..");

/**
 * Bundles the script of a page, with the libraries that it uses, into one text that needs no module and ends no script
 * element. esbuild is there from source and in builds; in an executable are the texts that a build has made.
 */
export async function bundleScript(name: PageScriptName): Promise<{ text: string; metafile: Metafile }> {
  const { buildSync } = await import("esbuild");
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`src/pages/browser/${name}/main.ts`],
    outfile: `page-scripts/${name}.js`,
    bundle: true,
    write: false,
    metafile: true,
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    platform: "browser",
    target: "es2022",
    format: "iife",
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
  });
  return { text: outputFiles[0]?.text ?? "", metafile };
}
