/** The clusters to measure. */

/** The shape of a cluster. */
export interface Shape {
  name: ShapeName;
  /** Number of objects of all kinds, including objects that controllers create. */
  objects: number;
  namespaces: number;
  /**
   * `mixed`: Secrets, ConfigMaps, Services, and Deployments with their ReplicaSets. `config-maps`: ConfigMaps alone.
   * `helm-releases`: Secrets of 50 to 200 KB alone, as Helm stores its releases.
   */
  content: "mixed" | "config-maps" | "helm-releases";
  /** Size of a ConfigMap in characters. */
  configMapSize: number;
  rounds: number;
  /**
   * Whether to compare restores with other programs, and backups with kubectl. kubectl would take half an hour for
   * 100,000 objects, and 10 GB of memory for 1.4 GB. Otherwise only kube-backup's time and memory are measured.
   */
  compared: boolean;
}

export const SHAPE_NAMES = ["small", "large", "wide", "helm"] as const;
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
  helm: {
    name: "helm",
    objects: 10_000,
    namespaces: 40,
    content: "helm-releases",
    configMapSize: 0,
    rounds: 3,
    compared: false,
  },
};

/** The shape with another number of objects, for quick trials of the benchmark. */
export function resize(shape: Shape, objects: number): Shape {
  const namespaces = Math.max(1, Math.min(shape.namespaces, Math.floor(objects / 50)));
  return { ...shape, objects, namespaces };
}
