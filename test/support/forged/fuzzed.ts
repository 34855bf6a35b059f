import type { Buffer } from "node:buffer";
import type { SampleObject } from "../samples/sample-archive.ts";
import { type Forgery, forgedObject, forgeMany, plainObjects, RESOURCES, seal } from "./forge.ts";
import { MUTATIONS, mutateBytes } from "./mutations.ts";
import { Random } from "./random.ts";

/** A forged archive, and what was done to make it. */
export interface Fuzzed {
  bytes: Buffer;
  changes: string[];
  /** What the archive holds; undefined where its bytes were changed after it was packed. */
  forgery: Forgery | undefined;
}

const WIDGETS = {
  group: "example.com",
  version: "v1",
  resource: "widgets",
  kind: "Widget",
  namespaced: true,
} as const;

/** What the archives are made from. */
function baseObjects(): SampleObject[] {
  const widget = forgedObject(WIDGETS as never, "shop", "w", { spec: { size: 1 } });
  return [
    ...plainObjects(),
    forgedObject(RESOURCES.clusterRoles, undefined, "view:all", {
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
    }),
    { ...widget, status: { value: { ready: 1 }, managers: [{ manager: "operator", operation: "Update" }] } },
  ];
}

const fresh = await forgeMany(baseObjects());

/** The archive of a seed: one to three changes of a valid one. */
export function fuzzed(seed: number): Fuzzed {
  const random = new Random(seed);
  const forgery = fresh();
  const changes: string[] = [];
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const name = random.pick(Object.keys(MUTATIONS));
    changes.push(name);
    try {
      MUTATIONS[name]?.(forgery, random);
    } catch {
      // An earlier change has made the manifest something else.
      changes.push("(not done)");
    }
  }
  let bytes: Buffer;
  try {
    bytes = seal(forgery);
  } catch {
    return fuzzed(seed + 0x1000_0000);
  }
  if (random.below(12) > 0) return { bytes, changes, forgery };
  return { bytes: mutateBytes(bytes, random), changes: [...changes, "bytes"], forgery: undefined };
}
