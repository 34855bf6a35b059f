import type { ClusterRight } from "./cluster-rights.ts";

const GROUP = "rbac.authorization.k8s.io";

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

/**
 * The roles that give rights, and their bindings to a user: a ClusterRole for what is in all namespaces, and a Role for
 * each namespace in which something more is needed.
 *
 * @param user the name under which the API server knows the user; without it there are no bindings.
 */
export function rolesFor(rights: readonly ClusterRight[], user: string | undefined): object[] {
  const name = nameFor(user);
  const namespaces = [...new Set(rights.map(({ namespace }) => namespace))];
  return namespaces.flatMap((namespace) => {
    const kind = namespace === undefined ? "ClusterRole" : "Role";
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const rules = rulesFor(rights.filter((right) => right.namespace === namespace));
    const role = { apiVersion: `${GROUP}/v1`, kind, metadata, rules };
    if (user === undefined) return [role];
    const roleRef = { apiGroup: GROUP, kind, name };
    return [
      role,
      { apiVersion: `${GROUP}/v1`, kind: `${kind}Binding`, metadata, roleRef, subjects: [subjectOf(user)] },
    ];
  });
}

/** A name for each user: applying the roles takes none away that are there, and no other user's. */
function nameFor(user: string | undefined): string {
  // Names of RBAC objects are segments of a path, which may hold all but these two.
  return user === undefined ? "kube-backup-access" : `kube-backup-access:${user.replace(/[/%]/g, "_")}`;
}

/** One rule for the resources of a group that have the same verbs. */
function rulesFor(rights: readonly ClusterRight[]): Rule[] {
  const verbs = new Map<string, { right: ClusterRight; verbs: string[] }>();
  for (const right of rights) {
    const key = [right.group, right.resource, right.name].join(" ");
    const found = verbs.get(key);
    if (found === undefined) verbs.set(key, { right, verbs: [right.verb] });
    else found.verbs.push(right.verb);
  }
  const rules = new Map<string, Rule>();
  for (const { right, verbs: ofResource } of verbs.values()) {
    const { group, resource, name } = right;
    const key = [group, name, ...ofResource].join(" ");
    const rule = rules.get(key);
    if (rule !== undefined) rule.resources.push(resource);
    else {
      const names = name === undefined ? {} : { resourceNames: [name] };
      rules.set(key, { apiGroups: [group], resources: [resource], ...names, verbs: ofResource });
    }
  }
  return [...rules.values()];
}

function subjectOf(user: string): object {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  if (namespace !== undefined) return { kind: "ServiceAccount", name, namespace };
  return { apiGroup: GROUP, kind: "User", name: user };
}
