/** How the executable loads its parts. The build uses the same loader to compile the parts ahead of time. */

import { Script } from "node:vm";

/** The first part, which requires the other parts. */
export const MAIN_PART = "main.cjs";

/** Options of {@link partLoader}. */
export interface PartsOptions {
  /** The text of a part, one byte per character. */
  source(name: string): string;
  /** V8's code cache of a part, if any. */
  codeCache?(name: string): Buffer | undefined;
  /** Loads Node's built-in modules. */
  require(name: string): unknown;
  /** Called before a part runs. */
  onLoad?(name: string, script: Script): void;
}

type Wrapper = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/** Creates the function that loads a part and its dependencies. As in CommonJS, each part runs once. */
export function partLoader({ source, codeCache, require, onLoad }: PartsOptions): (name: string) => unknown {
  const modules = new Map<string, { exports: object }>();

  function load(name: string): unknown {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const cachedData = codeCache?.(name);
    // The text and the file name must match those of the ahead-of-time compilation.
    const script = new Script(`(function(exports,require,module,__filename,__dirname){${source(name)}\n})`, {
      filename: name,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    onLoad?.(name, script);
    const module = { exports: {} };
    modules.set(name, module);
    (script.runInThisContext() as Wrapper)(module.exports, resolve, module, name, ".");
    return module.exports;
  }

  function resolve(name: string): unknown {
    return name.startsWith("./") ? load(name.slice(2)) : require(name);
  }

  return load;
}
