import type { JsonObject } from "../kubernetes/json.ts";
import { member } from "../kubernetes/object-facts.ts";
import { shellCommand } from "../words/shell-command.ts";

/** A claim that a PersistentVolume names, by its uid. */
export interface ClaimReference {
  namespace: string;
  name: string;
  uid: string;
}

/** The claim that is gone and that a PersistentVolume still names; undefined where there is none. */
export function deadClaimOf(volume: JsonObject): ClaimReference | undefined {
  if (member(volume, "status")["phase"] !== "Released") return undefined;
  const { namespace, name, uid } = member(member(volume, "spec"), "claimRef");
  if (typeof namespace !== "string" || typeof name !== "string" || typeof uid !== "string") return undefined;
  return { namespace, name, uid };
}

/** The command that lets a PersistentVolume be bound to the next claim of the same name. */
export function releaseCommand(volume: string): string {
  return shellCommand`kubectl patch pv/${volume} --type json -p '[{"op":"remove","path":"/spec/claimRef/uid"}]'`;
}
