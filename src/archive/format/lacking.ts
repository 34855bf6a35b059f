/** What objects of a backup name and the backup does not hold: as the manifest has it, and in words. */

import { someNames } from "../../words/some-names.ts";
import type { Manifest, ManifestLacking } from "./manifest.ts";

const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

/** All that is to be known of a backup, one sentence each: its warnings, and what its objects name and it does not hold. */
export function warningsOf({ warnings, lacking = [] }: Pick<Manifest, "warnings" | "lacking">): string[] {
  return [...warnings, ...lacking.map(describeLacking)];
}

/** One sentence for the objects of one resource. */
function describeLacking(lacking: ManifestLacking): string {
  const { resource, why, names, count, objects } = lacking;
  const some = someNames(names, 3, count);
  if (resource === DEFINITIONS) {
    return (
      `The backup holds ${objects} ${objects === 1 ? "kind" : "kinds"} of custom resources without ` +
      `${count === 1 ? "its definition" : `${count} of their definitions`} (${some}): a new cluster that does not have ` +
      `${count === 1 ? "it" : "them"} refuses such objects, and the restore gate does not pass; add +${resource} to KINDS`
    );
  }
  const subject = `${objects} ${objects === 1 ? "object names" : "objects name"} ${count} ${resource}`;
  switch (why) {
    case "kind":
      return `${subject} that the backup does not hold (${some}): to have them in it, add +${resource} to KINDS`;
    case "token":
      return `${subject} of the type kubernetes.io/service-account-token, which no backup holds (${some}): only the cluster can make them; apply their manifests after a restore, or use projected volumes`;
    case "label":
      return `${subject} that a label leaves out of the backup (${some})`;
  }
}
