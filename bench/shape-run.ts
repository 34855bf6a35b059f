import type { S3Server } from "../test/support/servers/s3-server.ts";
import type { BenchOptions } from "./options.ts";
import type { ContentFiles } from "./sample/fill.ts";
import type { Shape } from "./sample/shapes.ts";

/** What the parts of one shape's measurement share. */
export interface ShapeRun {
  shape: Shape;
  s3: S3Server;
  files: ContentFiles;
  /** Objects in the cluster, namespaces among them. */
  objects: number;
  velero: BenchOptions["velero"];
}
