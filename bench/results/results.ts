/** The format of docs/benchmark.json. */

import type { ShapeName } from "../sample/shapes.ts";

/** One measurement. */
export interface Measurement {
  /** Number of objects read or written. */
  objects: number;
  seconds: number;
  /** CPU seconds of the measured program; the servers' CPU is separate. */
  cpuSeconds: number;
  peakBytes: number;
  requests: number;
  apiServerCpuSeconds: number;
  etcdCpuSeconds: number;
}

/** The measured subjects. */
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

/** A transport, and its creation rates. */
export interface CreateRate {
  /** `HTTP/1.1, 8 connections` */
  transport: string;
  /** One value per try. */
  objectsPerSecond: number[];
}

/** The results of one shape. A later run replaces them. */
export interface ShapeResult {
  time: string;
  /** Commit of the working tree, followed by "+" when files differ. */
  commit: string;
  machine: Machine;
  versions: Record<string, string>;
  objects: number;
  /** Size of the objects' JSON in list responses, in bytes. */
  jsonBytes: number;
  /** Size of the archive in bytes. */
  archiveBytes: number;
  createRates: CreateRate[];
  /** Measurements by round. Measurements with the same index were taken in the same round. */
  measurements: Partial<Record<Subject, Measurement[]>>;
}

/** The results of the idle loop. */
export interface IdleResult {
  time: string;
  commit: string;
  machine: Machine;
  backups: number;
  objects: number;
  /** Memory at the end, in bytes. */
  bytes: number;
  /** Peak memory during a backup, in bytes. */
  peakBytes: number;
  /** Duration of the measurement. */
  seconds: number;
  cpuSeconds: number;
}

/** A description of the machine. */
export interface Machine {
  processor: string;
  processors: number;
  memoryBytes: number;
  system: string;
  /** Load average of the minute before. Above 0.5, other work was running. */
  loadBefore: number;
}

/** All results. */
export interface Results {
  shapes: Partial<Record<ShapeName, ShapeResult>>;
  idle?: IdleResult;
}

/** Values of one subject and shape, by round. */
export function valuesOf(
  shape: ShapeResult | undefined,
  subject: Subject,
  value: (measurement: Measurement) => number,
): number[] {
  return (shape?.measurements[subject] ?? []).map(value);
}
