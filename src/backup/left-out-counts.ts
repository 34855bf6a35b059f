import type { ManifestLeftOut } from "../archive/format/manifest.ts";
import { type Resource, resourceName } from "../kubernetes/resource.ts";
import type { LeftOutWhy, ObjectRule } from "../objects/objects-left-out.ts";
import type { Log } from "../terminal/log/log.ts";

const MESSAGES: Readonly<Record<LeftOutWhy, string>> = {
  finished: "Left out, since they have run and would run again",
  "owner left out": "Left out, since they belong to Pods, Nodes or others that are left out",
};

/** Counts the objects that a backup leaves out and that somebody may look for. */
export class LeftOutCounts {
  readonly #counts = new Map<string, ManifestLeftOut>();

  /** Counts an object, where its rule is one that is counted. */
  add(resource: Resource, { counted: why }: Pick<ObjectRule, "counted">): void {
    if (why === undefined) return;
    const id = `${resourceName(resource)} ${why}`;
    const { objects } = this.#counts.get(id) ?? { objects: 0 };
    this.#counts.set(id, { resource: resourceName(resource), why, objects: objects + 1 });
  }

  /** The counts, for the manifest. */
  get counts(): ManifestLeftOut[] {
    return [...this.#counts.values()];
  }

  /** Tells the log, one line for each reason. */
  tell(log: Log): void {
    for (const [why, counts] of Map.groupBy(this.counts, (each) => each.why as LeftOutWhy)) {
      const objects = Object.fromEntries(counts.map((each) => [each.resource, each.objects]));
      log.info({ objects }, MESSAGES[why]);
    }
  }
}
