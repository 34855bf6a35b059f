import { type Resource, resourceName } from "../../kubernetes/resource.ts";
import { shellWord } from "../../words/shell-command.ts";
import { visible } from "../../words/visible.ts";

/** Applies a file by hand. */
const APPLY = "kubectl apply --server-side -f";

const ZIP64_NOTE = `This archive has more files or bytes than a plain zip can count (ZIP64): unzip, 7-Zip
and Python read it. busybox unzip cannot read what lies beyond 4 GiB.

`;

/** A resource as the text names it. */
export type ReadmeResource = Pick<Resource, "group" | "resource" | "kind" | "namespaced">;

/**
 * The text for a person who has no program that reads archives.
 *
 * @param resources those that the archive has objects of, in the order in which they are to be applied.
 * @param isZip64 whether the archive has the records of ZIP64.
 */
export function readmeText(resources: readonly ReadmeResource[], { isZip64 }: { isZip64: boolean }): string {
  return `This is a backup of a Kubernetes cluster's API objects, made by kube-backup.
It holds Secrets: keep it as safe as you would keep them.

  cluster/RESOURCE.json                   objects without a namespace
  namespaces/NAMESPACE/RESOURCE.json      objects of one namespace
  namespaces/NAMESPACE/RESOURCE-2.json    more of them, where they are many
  ....owners.jsonl                        which objects belong to which, by name
  ....managers.jsonl                      who wrote which fields of an object
  ....status.jsonl                        the status of custom resources' objects
  MANIFEST                                what is in here, from where and when (JSON)

The program brings everything back in the right order, with its owners:

  kube-backup restore BACKUP

${isZip64 ? ZIP64_NOTE : ""}${byHand(resources)}To check that nothing was changed or lost, with sha256sum and jq:

  sha256sum -c MANIFEST.sha256
  jq -r '.files[] | .sha256 + "  " + .path' MANIFEST | sha256sum -c
`;
}

function byHand(resources: readonly ReadmeResource[]): string {
  if (resources.length === 0) return "";
  const names = new Set(resources.map(resourceName));
  const notes = [
    ...(names.has("replicasets.apps") && names.has("deployments.apps")
      ? ["ReplicaSets go before Deployments, which then adopt theirs."]
      : []),
    ...(names.has("customresourcedefinitions.apiextensions.k8s.io")
      ? [
          "Custom resources are served a moment after their CustomResourceDefinitions:\n\n  kubectl wait --for=condition=Established crd --all",
        ]
      : []),
  ];
  return `By hand, each .json file is something that kubectl takes. These are the kinds in
here, and the order matters; repeat a line for each NAMESPACE that has the file,
and add --force-conflicts where the objects exist and others have changed them:

  unzip BACKUP.zip -d backup && cd backup
${commands(resources).join("\n")}

${notes.map((note) => `${note}\n\n`).join("")}`;
}

/** A line for each resource, with the kind behind it. */
function commands(resources: readonly ReadmeResource[]): string[] {
  const files = resources.map((resource) => {
    const folder = resource.namespaced ? "namespaces/NAMESPACE" : "cluster";
    return { file: shellWord(`${folder}/${resourceName(resource)}.json`), kind: visible(resource.kind) };
  });
  const width = Math.max(...files.map(({ file }) => file.length));
  return files.map(({ file, kind }) => `  ${APPLY} ${file.padEnd(width)}  # ${kind}`);
}
