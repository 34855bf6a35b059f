import type { JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";

/**
 * The Secrets, ConfigMaps and the ServiceAccount that a Pod names, optional ones too: `Secret/kube-backup`. They are of its
 * namespace.
 */
export function usedByPod(spec: JsonObject): string[] {
  const found: [kind: string, name: unknown][] = [
    ["ServiceAccount", spec["serviceAccountName"]],
    ...items(spec, "imagePullSecrets").map(({ name }): [string, unknown] => ["Secret", name]),
  ];
  const containers = ["initContainers", "containers"].flatMap((member) => items(spec, member));
  for (const container of containers) {
    const values = items(container, "env").map((variable) => member(variable, "valueFrom"));
    for (const source of [...values, ...items(container, "envFrom")]) {
      for (const field of ["secretKeyRef", "secretRef"])
        found.push(["Secret", member(source, field)["name"]]);
      for (const field of ["configMapKeyRef", "configMapRef"])
        found.push(["ConfigMap", member(source, field)["name"]]);
    }
  }
  for (const volume of items(spec, "volumes")) {
    for (const source of [volume, ...items(member(volume, "projected"), "sources")]) {
      const secret = member(source, "secret");
      found.push(["Secret", secret["secretName"] ?? secret["name"]]);
      found.push(["ConfigMap", member(source, "configMap")["name"]]);
    }
  }
  // The ServiceAccount default, and what is in every namespace, are nobody's own.
  return found.flatMap(([kind, name]) =>
    typeof name === "string" && name !== "" && name !== "default" ? [`${kind}/${name}`] : [],
  );
}
