import type { ManifestResource } from "../archive/format/manifest.ts";
import type { ArchiveWriter } from "../archive/writer.ts";
import { listPages } from "../cluster/lists/list.ts";
import type { ApiClient } from "../cluster/requests/api-client.ts";
import { OperatorError } from "../errors.ts";
import { NAMESPACES } from "../kubernetes/resource.ts";
import { candidateOf, Exclusions } from "../objects/excluded.ts";
import { type FoundFlagFacts, readFlagAnnotations } from "../objects/flag-annotations.ts";
import { FLAG_NAMESPACE } from "../objects/objects-left-out.ts";
import { portable } from "../objects/portable.ts";
import { compileNamespaces, type NamespaceScope } from "../selection/namespaces.ts";
import { toArchiveObject } from "./capture-resource.ts";

/** What the Namespaces of a backup are captured for. */
export interface CaptureNamespacesOptions extends NamespaceScope {
  client: ApiClient;
  /** Called with the number of further objects that were read. */
  onObjects?: ((count: number) => void) | undefined;
}

/** The Namespaces of a backup. */
export interface CapturedNamespaces {
  /** The uid of kube-system. */
  clusterId: string;
  /** What the restore flag says, where it exists. */
  flag: FoundFlagFacts | undefined;
  /** Names of the Namespaces in the backup. */
  namespaces: Set<string>;
  /** What labels leave out: the Namespaces with a label so far. */
  exclusions: Exclusions;
  resource: ManifestResource;
}

interface NamespaceMetadata {
  name: string;
  uid: string;
  annotations?: Record<string, string>;
}

/** Captures the Namespaces. The revision of their list is that of the backup. */
export async function captureNamespaces(
  { client, onObjects, ...scope }: CaptureNamespacesOptions,
  archive: Pick<ArchiveWriter, "add">,
  signal: AbortSignal,
): Promise<CapturedNamespaces> {
  const namespaces = new Set<string>();
  const exclusions = new Exclusions();
  const isInScope = compileNamespaces(scope);
  let clusterId: string | undefined;
  let flag: FoundFlagFacts | undefined;
  let revision = "";
  for await (const page of listPages(client, NAMESPACES, {}, signal)) {
    revision = page.revision;
    for (const item of page.items) {
      const metadata = item["metadata"] as NamespaceMetadata;
      if (metadata.name === "kube-system") clusterId = metadata.uid;
      if (metadata.name === FLAG_NAMESPACE) flag = readFlagAnnotations(metadata.annotations);
      if (!isInScope(metadata.name)) continue;
      if (exclusions.leaveOut(candidateOf(NAMESPACES.kind, item)))
        exclusions.addNamespace(metadata.name, item);
      const object = portable(NAMESPACES, item);
      if (object === undefined) continue;
      namespaces.add(object.name);
      await archive.add(toArchiveObject(NAMESPACES, object), signal);
    }
    onObjects?.(page.items.length);
  }
  if (clusterId === undefined) {
    throw new OperatorError("Cannot name the cluster: it has no namespace kube-system", {
      advice: "Check that the context is that of a Kubernetes cluster",
    });
  }
  return {
    clusterId,
    flag,
    namespaces,
    exclusions,
    resource: {
      ...NAMESPACES,
      singular: "namespace",
      shortNames: ["ns"],
      objects: namespaces.size,
      revision,
      sameMoment: true,
    },
  };
}
