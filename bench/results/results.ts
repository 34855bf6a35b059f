/** What runs of the benchmark leave in docs/benchmark.json. */

import type { ShapeName } from "../sample/shapes.ts";

/** One measurement. */
export interface Measurement {
  /** Objects that were read or written. */
  objects: number;
  seconds: number;
  /** Of the program that is measured; its servers have their own. */
  cpuSeconds: number;
  peakBytes: number;
  /** Requests to the API server. */
  requests: number;
  apiServerCpuSeconds: number;
  etcdCpuSeconds: number;
}

/** What was measured. */
export const SUBJECTS = [
  "raw list",
  "raw list and gzip",
  "kube-backup backup",
  "kubectl get",
  "velero backup",
  "raw create",
  "kube-backup restore",
  "kubectl create",
  "velero restore",
  "kube-backup restore, unchanged",
] as const;
export type Subject = (typeof SUBJECTS)[number];

/** A way of sending, and how many objects a second it created. */
export interface CreateRate {
  /** `HTTP/1.1, 8 connections` */
  transport: string;
  /** One for each try. */
  objectsPerSecond: number[];
}

/** The results of one shape; a later run of it takes their place. */
export interface ShapeResult {
  /** When it was begun, ISO 8601. */
  time: string;
  /** Commit of this tree; "+" after it where files differ. */
  commit: string;
  machine: Machine;
  versions: Record<string, string>;
  /** Objects in the cluster. */
  objects: number;
  /** Their JSON, as lists bring it. */
  jsonBytes: number;
  /** The archive. */
  archiveBytes: number;
  createRates: CreateRate[];
  /** Measurements by round; those of one index were taken one after another. */
  measurements: Partial<Record<Subject, Measurement[]>>;
}

/** The loop at rest. */
export interface IdleResult {
  time: string;
  commit: string;
  machine: Machine;
  backups: number;
  objects: number;
  /** Held at the end. */
  bytes: number;
  /** Held at most, while it took a backup. */
  peakBytes: number;
  /** How long it was watched. */
  seconds: number;
  cpuSeconds: number;
}

/** The machine, as a reader would want to know it. */
export interface Machine {
  processor: string;
  processors: number;
  memoryBytes: number;
  system: string;
  /** Processes that wanted to run, in the minute before: above 0.5, other work was going on. */
  loadBefore: number;
}

/** All results. */
export interface Results {
  shapes: Partial<Record<ShapeName, ShapeResult>>;
  idle?: IdleResult;
}

/** Measurements of one sort in one shape, by round. */
export function valuesOf(
  shape: ShapeResult | undefined,
  subject: Subject,
  value: (measurement: Measurement) => number,
): number[] {
  return (shape?.measurements[subject] ?? []).map(value);
}
