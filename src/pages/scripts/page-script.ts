import { bundleScript, type PageScriptName } from "./bundle-script.ts";

/**
 * The script of a page, as one text. From source it is made here and now; in an executable it was made by the build, which
 * puts a module of texts in this one's place (build/page-scripts.ts).
 */
export async function pageScript(name: PageScriptName): Promise<string> {
  return (await bundleScript(name)).text;
}
