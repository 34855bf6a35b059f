/** Which clusters are measured. */

/** A cluster to be filled. */
export interface Shape {
  name: ShapeName;
  /** Objects of all kinds, those that controllers make among them. */
  objects: number;
  namespaces: number;
  /** `mixed`: Secrets, ConfigMaps, Services, Deployments with their ReplicaSets; or ConfigMaps alone. */
  content: "mixed" | "config-maps";
  /** Characters in a ConfigMap. */
  configMapSize: number;
  /** How often each thing is measured. */
  rounds: number;
  /**
   * Whether restores are compared with others, and backups with kubectl: 100,000 objects would take kubectl half an
   * hour, and 1.4 GB 10 GB of memory. Otherwise it is about our time and memory.
   */
  compared: boolean;
}

export const SHAPE_NAMES = ["small", "large", "wide"] as const;
export type ShapeName = (typeof SHAPE_NAMES)[number];

const MIXED = { content: "mixed", configMapSize: 1_500 } as const;

export const SHAPES: Record<ShapeName, Shape> = {
  small: { name: "small", objects: 12_000, namespaces: 40, ...MIXED, rounds: 5, compared: true },
  large: { name: "large", objects: 100_000, namespaces: 100, ...MIXED, rounds: 3, compared: false },
  wide: {
    name: "wide",
    objects: 66_000,
    namespaces: 40,
    content: "config-maps",
    configMapSize: 20_000,
    rounds: 3,
    compared: false,
  },
};

/** The shape with another number of objects, as small as one likes, to try the benchmark itself. */
export function resize(shape: Shape, objects: number): Shape {
  const namespaces = Math.max(1, Math.min(shape.namespaces, Math.floor(objects / 50)));
  return { ...shape, objects, namespaces };
}
