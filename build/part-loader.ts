/** How the executable loads its parts. The build uses the same loader to compile the parts ahead of time. */

import { Script } from "node:vm";

/** The first part, which requires the other parts. */
export const MAIN_PART = "main.cjs";

/** The script of all parts that every start loads. */
export const START_SCRIPT = "start-parts.js";

/** Options of {@link partLoader}. */
export interface PartsOptions {
  /** The text of a part or of {@link START_SCRIPT}, one byte per character. */
  source(name: string): string;
  /** V8's code cache of a script, if any. */
  codeCache?(name: string): Buffer | undefined;
  /** Loads Node's built-in modules. */
  require(name: string): unknown;
  /** Called before a part runs. `file` is the script that holds the part: its own or {@link START_SCRIPT}. */
  onLoad?(name: string, file: string, script: Script): void;
}

type PartFunction = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
  filename: string,
  dirname: string,
) => void;

/** A script whose value has a function for each part, by the part's name. */
export function scriptOf(parts: readonly { name: string; code: string }[]): string {
  const functions = parts.map(
    ({ name, code }) =>
      `${JSON.stringify(name)}:function(exports,require,module,__filename,__dirname){${code}\n}`,
  );
  return `({${functions.join(",\n")}})`;
}

/** Creates the function that loads a part and its dependencies. As in CommonJS, each part runs once. */
export function partLoader({ source, codeCache, require, onLoad }: PartsOptions): (name: string) => unknown {
  const compiled = new Map<string, { file: string; script: Script; run: PartFunction }>();
  const modules = new Map<string, { exports: object }>();

  // The text and the file name must match those of the ahead-of-time compilation.
  function compile(file: string, text: string): void {
    const cachedData = codeCache?.(file);
    const script = new Script(text, {
      filename: file,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    const functions: Record<string, PartFunction> = script.runInThisContext();
    for (const [name, run] of Object.entries(functions)) compiled.set(name, { file, script, run });
  }

  function load(name: string): unknown {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    if (!compiled.has(name)) compile(name, scriptOf([{ name, code: source(name) }]));
    const part = compiled.get(name);
    if (part === undefined) throw new Error(`Cannot load ${name}: the script holds no such part`);
    onLoad?.(name, part.file, part.script);
    const module = { exports: {} };
    modules.set(name, module);
    part.run(module.exports, resolve, module, name, ".");
    return module.exports;
  }

  function resolve(name: string): unknown {
    return name.startsWith("./") ? load(name.slice(2)) : require(name);
  }

  compile(START_SCRIPT, source(START_SCRIPT));
  return load;
}
