/** A template literal of a source: what stands before it and between its values, and the values' code. */
export interface Template {
  /** The name of the function that is called with it; empty for a plain text. */
  tag: string;
  texts: string[];
  values: string[];
}

/**
 * Finds the template literals of a source, also those within another's values. Strings and patterns of the source hold
 * no backticks; comments are left out.
 */
export function templatesOf(source: string): Template[] {
  const code = source.replace(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, "");
  const found: Template[] = [];
  let place = 0;

  /** Reads code up to the brace that ends it, or to the end of the source. */
  function readCode(): string {
    const start = place;
    for (let depth = 0; place < code.length; place += 1) {
      const character = code[place];
      if (character === "`") readTemplate();
      else if (character === "{") depth += 1;
      else if (character === "}" && depth-- === 0) break;
    }
    return code.slice(start, place);
  }

  /** Reads a template, from its first backtick to its last. */
  function readTemplate(): void {
    const tag = /[\w.]*$/.exec(code.slice(0, place))?.[0] ?? "";
    const template: Template = { tag, texts: [], values: [] };
    found.push(template);
    let text = "";
    for (place += 1; place < code.length && code[place] !== "`"; place += 1) {
      if (code.startsWith("${", place)) {
        place += 2;
        template.texts.push(text);
        text = "";
        template.values.push(readCode());
      } else {
        if (code[place] === "\\") place += 1;
        text += code[place];
      }
    }
    template.texts.push(text);
  }

  readCode();
  return found;
}
