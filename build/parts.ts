/** How the executable loads its parts; the build does the same to compile them ahead. */

import { Script } from "node:vm";

/** The first part, which asks for the others. */
export const MAIN_PART = "main.cjs";

/** Where parts come from. */
export interface PartsOptions {
  /** The text of a part, one byte a character. */
  source(name: string): string;
  /** What V8 has compiled of it ahead, where there is such a thing. */
  codeCache?(name: string): Buffer | undefined;
  /** Node's own modules. */
  require(name: string): unknown;
  /** Told of each part before it runs. */
  onLoad?(name: string, script: Script): void;
}

type Wrapper = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/** Makes the function that loads a part, and those that it asks for: each once, as CommonJS has it. */
export function partLoader({ source, codeCache, require, onLoad }: PartsOptions): (name: string) => unknown {
  const modules = new Map<string, { exports: object }>();

  function load(name: string): unknown {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const cachedData = codeCache?.(name);
    // Text and file name must be the same as when it was compiled ahead.
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
