import type { S3Server } from "../test/support/servers/s3-server.ts";
import type { BenchOptions } from "./options.ts";
import type { ContentFiles } from "./sample/fill.ts";
import type { Shape } from "./sample/shapes.ts";

/** The state that the measurements of one shape share. */
export interface ShapeRun {
  shape: Shape;
  s3: S3Server;
  files: ContentFiles;
  /** Number of objects in the cluster, including namespaces. */
  objects: number;
  velero: BenchOptions["velero"];
}
