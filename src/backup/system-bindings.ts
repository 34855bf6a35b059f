import type { JsonObject } from "../kubernetes/json.ts";
import { isBeingDeleted } from "../kubernetes/metadata.ts";
import { isOf, items, label, member } from "../kubernetes/object-facts.ts";
import { someNames } from "../words/some-names.ts";

/** The user name of a ServiceAccount, and the group name of the ServiceAccounts of a namespace. */
const SERVICE_ACCOUNT_SUBJECT = /^system:serviceaccounts?:([^:]+)/;

/**
 * Collects the RoleBindings of applications in kube-system, which no backup contains. After a restore without
 * these RoleBindings, leader election in kube-system and aggregated API servers do not work.
 */
export class SystemBindings {
  readonly #namespaces: ReadonlySet<string>;
  readonly #names: string[] = [];

  /** @param namespaces names of the namespaces in the backup. */
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

  /** One sentence, or none without such RoleBindings. */
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

/** The namespace of the ServiceAccounts of a subject, undefined for other subjects. */
function namespaceOf({ kind, name, namespace }: JsonObject): string | undefined {
  if (kind === "ServiceAccount") return String(namespace);
  return SERVICE_ACCOUNT_SUBJECT.exec(String(name))?.[1];
}
