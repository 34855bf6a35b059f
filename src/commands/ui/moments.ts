import { openChosenBackup } from "../../catalog/open-backup.ts";
import { readBackupSide } from "../../compare/backup-side.ts";
import type { ComparedSide } from "../../compare/compared-side.ts";
import { UsageError } from "../../errors.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";
import type { UiMoment } from "../../pages/browser/ui/data.ts";
import { backupTime } from "../../store/contract/backup-name.ts";
import type { Store } from "../../store/contract/store.ts";
import type { Log } from "../../terminal/log/log.ts";
import { parseMoment } from "../../time/moment.ts";
import { rfc3339 } from "../../time/rfc3339.ts";
import { shellCommand } from "../../words/shell-command.ts";
import { namesOfArchive, namesOfSide, type ObjectNames } from "./object-names.ts";

/** The word for what the cluster has now. */
export const CLUSTER = "cluster";
/** Moments that stay open. */
const KEPT = 4;
/** How long what was read of the cluster counts as now, in milliseconds. */
const FRESH = 30_000;

/** A moment that is open: a backup, a moment of the change log, or the cluster. */
export interface Moment {
  about: UiMoment;
  side: ComparedSide;
  resources: readonly Resource[];
  names: ObjectNames;
  close(): Promise<void>;
}

/** Options of {@link Moments}. */
export interface MomentsOptions {
  store: Store;
  log: Log;
  now: () => Date;
  /** Reads the cluster. */
  readCluster: (signal: AbortSignal) => Promise<ComparedSide>;
  /** Aborts at the end of the program: what is opened is for later requests, too. */
  signal: AbortSignal;
}

/** The moments that were looked at last. */
export class Moments {
  readonly #options: MomentsOptions;
  readonly #open = new Map<string, { moment: Promise<Moment>; since: number }>();

  constructor(options: MomentsOptions) {
    this.#options = options;
  }

  /**
   * Opens a moment.
   *
   * @param at a backup's name, a time in RFC 3339, `latest` or `cluster`.
   * @throws {UsageError} where it is none of these.
   * @throws {OperatorError} where it cannot be opened.
   */
  async open(at: string): Promise<Moment> {
    const { store, now, signal } = this.#options;
    const newest = at === "latest" ? await store.newest({}, signal) : undefined;
    const key = newest?.name ?? fixedMoment(at, now());
    const known = this.#open.get(key);
    const isOld = key === CLUSTER && known !== undefined && now().getTime() - known.since > FRESH;
    this.#open.delete(key);
    const entry =
      known === undefined || isOld ? { moment: this.#openNew(key), since: now().getTime() } : known;
    this.#open.set(key, entry);
    entry.moment.catch(() => this.#open.delete(key));
    this.#closeOldest();
    return await entry.moment;
  }

  /** Closes all that is open. */
  async close(): Promise<void> {
    for (const { moment } of this.#open.values()) await moment.then((each) => each.close()).catch(() => {});
    this.#open.clear();
  }

  #closeOldest(): void {
    for (const [key, { moment }] of this.#open) {
      if (this.#open.size <= KEPT) return;
      this.#open.delete(key);
      void moment.then((each) => each.close()).catch(() => {});
    }
  }

  async #openNew(at: string): Promise<Moment> {
    return at === CLUSTER ? await this.#openCluster() : await this.#openStored(at);
  }

  async #openStored(at: string): Promise<Moment> {
    const { store, log, now, signal } = this.#options;
    const choice = choiceOf(at, now());
    const opened = await openChosenBackup(choice, { store, log, check: "manifest" }, signal);
    const { archive, close } = opened;
    const side = await readBackupSide(opened, signal);
    const time = choice.kind === "at" ? choice.time.toISOString() : archive.manifest.time;
    const restore =
      choice.kind === "at"
        ? shellCommand`kube-backup restore --at=${time}`
        : shellCommand`kube-backup restore --backup=${opened.name}`;
    const { resources } = archive.manifest;
    return {
      about: { at: choice.kind === "at" ? time : opened.name, title: opened.name, time, restore },
      ...{ side, resources, names: namesOfArchive(archive, signal), close },
    };
  }

  async #openCluster(): Promise<Moment> {
    const { readCluster, now, signal } = this.#options;
    const newest = await this.open("latest");
    const side = await readCluster(signal);
    const resources = newest.resources.flatMap((each) => side.find(each) ?? []);
    return {
      about: { at: CLUSTER, title: side.side.name, time: rfc3339(now()) },
      ...{ side, resources, names: namesOfSide(side, resources, signal), close: async () => {} },
    };
  }
}

/** The resource of a moment by its name, `deployments.apps`; undefined where it has none such. */
export function resourceOf({ resources }: Pick<Moment, "resources">, name: string): Resource | undefined {
  return resources.find((each) => resourceName(each) === name);
}

/** The word for a moment that means the same later: `2h` is another time each second. */
function fixedMoment(at: string, now: Date): string {
  if (at === CLUSTER || at === "latest") return at;
  const choice = choiceOf(at, now);
  return choice.kind === "at" ? choice.time.toISOString() : at;
}

function choiceOf(at: string, now: Date) {
  if (at === "latest") return { kind: "latest" as const };
  if (backupTime(at) !== undefined) return { kind: "named" as const, name: at };
  const parsed = parseMoment(at, { now });
  if ("problem" in parsed) throw new UsageError([`The time "${at}" ${parsed.problem}`]);
  return { kind: "at" as const, time: parsed.moment };
}
