import type { SystemTerm } from "../objects/kept-system-objects.ts";
import { type Parsed, shown } from "./values.ts";

const KINDS: Readonly<Record<string, SystemTerm["kind"]>> = {
  secret: "Secret",
  secrets: "Secret",
  configmap: "ConfigMap",
  configmaps: "ConfigMap",
  cm: "ConfigMap",
};

/** Terms of KEEP_KUBE_SYSTEM: `configmap/aws-auth`, `secrets:example.com/key`, `secrets:app=vault`. */
export function parseSystemTerms(text: string): Parsed<readonly SystemTerm[]> {
  const terms: SystemTerm[] = [];
  for (const part of text.split(",").map((each) => each.trim())) {
    const [, word = "", sign, rest = ""] = /^([a-z]+)([/:])(.+)$/i.exec(part) ?? [];
    const kind = Object.hasOwn(KINDS, word.toLowerCase()) ? KINDS[word.toLowerCase()] : undefined;
    const isName = sign === "/" && /^[a-z0-9][-a-z0-9.]*$/.test(rest);
    const [, key, value] = /^([-A-Za-z0-9_./]+)(?:=([-A-Za-z0-9_.]*))?$/.exec(sign === ":" ? rest : "") ?? [];
    if (kind === undefined || (!isName && key === undefined)) {
      return {
        problem: `has ${shown(part)} in it, which names no Secret or ConfigMap: write secret/NAME, configmap/NAME, or secrets:LABEL or secrets:LABEL=VALUE`,
      };
    }
    if (isName) terms.push({ kind, name: rest });
    else if (key !== undefined) terms.push({ kind, label: value === undefined ? { key } : { key, value } });
  }
  return { value: terms };
}
