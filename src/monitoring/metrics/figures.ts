import { GATE_STATES, type Known } from "../known.ts";

/** The names of the metrics are an interface: alerts of others go by them, and none is renamed. */
const PREFIX = "kube_backup_";

/** One metric, as it stands at a moment. */
export interface Figure {
  name: string;
  /** One line. */
  help: string;
  type: "gauge" | "counter";
  /** None where it is not known. */
  samples: readonly { labels: Readonly<Record<string, string>>; value: number }[];
}

/** What is known from settings and the build. */
export interface Fixed {
  version: string;
  commit: string;
  /** From one backup to the next, in seconds. */
  interval: number;
  /** Whether changes between backups are recorded. */
  changeLog: boolean;
}

/** All figures, in the order in which they are served. */
export function figuresOf(known: Known, fixed: Fixed, certain: Date | undefined): Figure[] {
  const { store, attempt, attempts } = known;
  const newest = store?.newest;
  const rehearsed = later(store?.rehearsed, known.rehearsed);
  return [
    {
      ...gauge("build_info", "Version and commit of the program, always 1."),
      samples: [{ labels: { version: fixed.version, commit: fixed.commit }, value: 1 }],
    },
    single("expected_interval_seconds", "Time from one backup to the next.", fixed.interval),
    single(
      "last_success_timestamp_seconds",
      "Moment of the newest backup of this cluster in the store.",
      seconds(newest?.time),
    ),
    single(
      "last_attempt_timestamp_seconds",
      "End of the last attempt to take a backup since the start.",
      seconds(attempt?.time),
    ),
    single(
      "last_attempt_success",
      "Whether the last attempt to take a backup since the start succeeded.",
      attempt && Number(attempt.success),
    ),
    {
      ...counter("attempts_total", "Attempts to take a backup since the start."),
      samples: (["success", "failure"] as const).map((result) => ({
        labels: { result },
        value: attempts[result],
      })),
    },
    single("backups", "Backups in the store.", store?.backups),
    single("oldest_timestamp_seconds", "Moment of the oldest backup in the store.", seconds(store?.oldest)),
    single("last_objects", "Objects in the newest backup of this cluster.", newest?.objects),
    single("last_bytes", "Size of the newest backup of this cluster in the store.", newest?.size),
    single(
      "last_duration_seconds",
      "How long the last backup since the start took, until it was stored and looked at.",
      known.duration,
    ),
    single(
      "last_missing_kinds",
      "Kinds that the newest backup was asked to hold and that could not be read.",
      newest?.missing,
    ),
    single("last_warnings", "Warnings in the newest backup.", newest?.warnings),
    single(
      "store_up",
      "Whether the store answered when it was last asked.",
      known.storeUp === undefined ? undefined : Number(known.storeUp),
    ),
    single(
      "verify_last_success_timestamp_seconds",
      "When every byte of a backup was last found valid, as the store has it recorded.",
      seconds(store?.verified),
    ),
    single(
      "rehearse_last_success_timestamp_seconds",
      "When a rehearsal last found that the cluster would take every object, as the store has it recorded.",
      rehearsed?.refused === 0 ? seconds(rehearsed.time) : undefined,
    ),
    single(
      "rehearse_last_refused",
      "Objects that the cluster would refuse, by the last rehearsal.",
      rehearsed?.refused,
    ),
    {
      ...gauge("gate_state", "What the restore gate has come to since the start: 1 for one state."),
      samples: GATE_STATES.map((state) => ({ labels: { state }, value: Number(state === known.gate) })),
    },
    single(
      "log_certain_timestamp_seconds",
      "Up to when every change is in the change log.",
      seconds(certain),
    ),
    {
      ...counter("log_gaps_total", "Gaps that the change log has had since the start."),
      samples: fixed.changeLog ? [{ labels: {}, value: known.gaps }] : [],
    },
  ];
}

function later<T extends { time: Date }>(one: T | undefined, other: T | undefined): T | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.time > one.time ? other : one;
}

function gauge(name: string, help: string): Omit<Figure, "samples"> {
  return { name: `${PREFIX}${name}`, help, type: "gauge" };
}

function counter(name: string, help: string): Omit<Figure, "samples"> {
  return { name: `${PREFIX}${name}`, help, type: "counter" };
}

function single(name: string, help: string, value: number | undefined): Figure {
  return { ...gauge(name, help), samples: value === undefined ? [] : [{ labels: {}, value }] };
}

function seconds(time: Date | undefined): number | undefined {
  return time && time.getTime() / 1000;
}
