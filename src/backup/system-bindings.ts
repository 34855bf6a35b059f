import type { JsonObject } from "../kubernetes/json.ts";
import { isBeingDeleted } from "../kubernetes/metadata.ts";
import { isOf, items, label, member } from "../kubernetes/object-facts.ts";
import { someNames } from "../words/some-names.ts";

/** The API server's own names for a ServiceAccount, as a user, and for those of a namespace, as a group. */
const ACCOUNTS = /^system:serviceaccounts?:([^:]+)/;

/**
 * Collects the RoleBindings of applications in kube-system, of which no backup holds anything: without
 * them, who elects its leader there, or serves an API behind the API server, does not work after a restore.
 */
export class SystemBindings {
  readonly #namespaces: ReadonlySet<string>;
  readonly #names: string[] = [];

  /** @param namespaces names of the namespaces that the backup holds. */
  constructor(namespaces: ReadonlySet<string>) {
    this.#namespaces = namespaces;
  }

  /** Adds an object that the backup leaves out. */
  add(kind: string, object: JsonObject): void {
    const { namespace, name } = member(object, "metadata");
    if (namespace !== "kube-system" || !isOf({ kind, object }, "rbac.authorization.k8s.io", "RoleBinding"))
      return;
    if (isBeingDeleted(object) || label(object, "kubernetes.io/bootstrapping") !== undefined) return;
    const accounts = items(object, "subjects").map(namespaceOf);
    if (accounts.some((of) => of !== undefined && this.#namespaces.has(of))) this.#names.push(String(name));
  }

  /** One sentence, or none where there is nothing to say. */
  warnings(): string[] {
    const count = this.#names.length;
    if (count === 0) return [];
    const one = count === 1;
    return [
      `${count} ${one ? "RoleBinding" : "RoleBindings"} in kube-system ${one ? "names" : "name"} ServiceAccounts of other ` +
        `namespaces, and a backup holds nothing of kube-system (${someNames(this.#names)}): keep ${one ? "its manifest" : "their manifests"} ` +
        `and those of the Roles that ${one ? "it names" : "they name"}, and apply them after a restore`,
    ];
  }
}

/** The namespace of the ServiceAccounts that a binding's subject is. */
function namespaceOf({ kind, name, namespace }: JsonObject): string | undefined {
  if (kind === "ServiceAccount") return String(namespace);
  return ACCOUNTS.exec(String(name))?.[1];
}
