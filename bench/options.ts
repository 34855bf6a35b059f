/** The options of `make bench`, from environment variables. */

import { resize, SHAPE_NAMES, SHAPES, type Shape, type ShapeName } from "./sample/shapes.ts";

/** What to measure. */
export interface BenchOptions {
  shapes: Shape[];
  /**
   * The idle loop: the cluster's shape, and the number of backups before the measurement. A backup takes a minute.
   */
  idle: { shape: Shape; backups: number } | undefined;
  seed: number;
  /** Velero's executable, and the folder with Velero's S3 plug-in. */
  velero: { command: string; plugins: string } | undefined;
  /** Whether sizes and rounds are the defaults. Only then is the documentation written. */
  defaultSizes: boolean;
}

/** The values of BENCH. */
const CHOICES = [...SHAPE_NAMES, "idle", "all"] as const;

/**
 * Reads the variables BENCH, SIZE, ROUNDS, SEED, IDLE_BACKUPS, VELERO, VELERO_PLUGINS.
 *
 * @throws {Error} when a variable is invalid.
 */
export function readOptions(env: Record<string, string | undefined>): BenchOptions {
  const choice = env["BENCH"] || "small";
  if (!(CHOICES as readonly string[]).includes(choice))
    throw new Error(`BENCH=${choice} is none of ${CHOICES.join(", ")}`);
  const size = readNumber(env, "SIZE");
  const rounds = readNumber(env, "ROUNDS");
  const names = choice === "all" ? SHAPE_NAMES : SHAPE_NAMES.filter((name) => name === choice);
  return {
    shapes: names.map((name) => adapt(name, size, rounds)),
    idle:
      choice === "idle" || choice === "all"
        ? { shape: adapt("small", size, rounds), backups: readNumber(env, "IDLE_BACKUPS") ?? 10 }
        : undefined,
    seed: readNumber(env, "SEED") ?? 1,
    velero: readVelero(env),
    defaultSizes: ["SIZE", "ROUNDS", "IDLE_BACKUPS"].every((name) => !env[name]),
  };
}

function adapt(name: ShapeName, size: number | undefined, rounds: number | undefined): Shape {
  const shape = size === undefined ? SHAPES[name] : resize(SHAPES[name], size);
  return rounds === undefined ? shape : { ...shape, rounds };
}

/**
 * A whole number above 0 of a variable; undefined where it is not set.
 *
 * @throws {Error} where it is something else.
 */
export function readNumber(env: Record<string, string | undefined>, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === "") return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${name}=${text} is no whole number above 0`);
  return Number(text);
}

function readVelero(env: Record<string, string | undefined>): BenchOptions["velero"] {
  const { VELERO: command, VELERO_PLUGINS: plugins } = env;
  if (!command) return undefined;
  if (!plugins)
    throw new Error("VELERO needs VELERO_PLUGINS: the folder with the executable velero-plugin-for-aws");
  return { command, plugins };
}
