/** Makes random edits in a cluster: of objects of all kinds, through the API, as far as the API server takes them. */

import { type Random, seededRandom } from "../../../bench/sample/random.ts";
import type { TakenBackup } from "../../../src/backup/take-backup.ts";
import { ApiError, ConnectionError } from "../../../src/cluster/requests/api-error.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../../src/kubernetes/json.ts";
import { items, member } from "../../../src/kubernetes/object-facts.ts";
import { collectionPath, type Resource, resourceName } from "../../../src/kubernetes/resource.ts";
import { portable } from "../../../src/objects/portable.ts";
import type { Rig } from "../../support/engine/rig.ts";
import { until } from "../../support/until.ts";
import { ApiFields, pick } from "./api-fields.ts";
import { changeAtRandom, type Means } from "./edits.ts";

const CONCURRENCY = 6;
/** How often another edit is looked for, where the API server refuses one. */
const TRIES = 12;

/** Kinds that keep the API server from working, or from taking the next edits, where what they say is random. */
const METADATA_ONLY =
  /^(namespaces|resourcequotas|customresourcedefinitions|apiservices|limitranges|flowschemas|prioritylevelconfigurations|.*webhookconfigurations|.*admissionpolic.*)(\.|$)/;
/** What goes with these would go as well. */
const NEVER_DELETED = /^(namespaces|customresourcedefinitions|persistentvolume.*|zones)(\.|$)/;

/** An object that can be edited. */
interface Subject {
  id: string;
  resource: Resource;
  path: string;
  object: JsonObject;
  /** Whether it is never deleted: much would go with it, or the API server would not work as before. */
  isKept: boolean;
}

/** Edits what a cluster holds of a backup. */
export class ClusterEditor {
  readonly #rig: Rig;
  readonly #fields: ApiFields;
  readonly #namespaces: ReadonlySet<string>;

  /** @param namespaces whose objects are edited, beside those of no namespace. */
  constructor(rig: Rig, namespaces: readonly string[]) {
    this.#rig = rig;
    this.#fields = new ApiFields(rig);
    this.#namespaces = new Set(namespaces);
  }

  /** Edits so many objects, fewer where the API server refuses what is tried; returns what was done, by object. */
  async editAll(
    backup: TakenBackup,
    { seed, count }: { seed: number; count: number },
  ): Promise<Map<string, string[]>> {
    const subjects = await this.#subjectsOf(backup);
    const edits = new Map<string, string[]>();
    const names = new Set<string>();
    const choose = seededRandom(seed);
    const resources = [...new Set(subjects.map(({ resource }) => resourceName(resource)))];
    const work: (() => Promise<void>)[] = [];
    for (let index = 0; index < count; index += 1) {
      // By kind first: there are many more ConfigMaps than StorageClasses.
      const name = pick(resources, choose);
      const subject = pick(
        subjects.filter(({ resource, id }) => resourceName(resource) === name && !names.has(id)),
        choose,
      );
      if (subject === undefined) continue;
      names.add(subject.id);
      const random = seededRandom(seed + index + 1);
      work.push(async () => {
        const done = await this.#edit(subject, subjects, random);
        if (done.length > 0) edits.set(subject.id, done);
      });
    }
    await inParallel(work);
    return edits;
  }

  /** Everything that a backup holds, as it is in the cluster. */
  async #subjectsOf(backup: TakenBackup): Promise<Subject[]> {
    const subjects: Subject[] = [];
    const namespaces = this.#namespaces;
    for (const resource of backup.manifest.resources) {
      const list = parseJson(await this.#rig.send("GET", collectionPath(resource, undefined))) as JsonObject;
      for (const object of items(list, "items")) {
        object["apiVersion"] = list["apiVersion"];
        object["kind"] = resource.kind;
        const copy = parseJson(JSON.stringify(object)) as JsonObject;
        const held = portable(resource, copy, resource.namespaced ? namespaces : undefined);
        if (held === undefined || (resource.resource === "namespaces" && !namespaces.has(held.name)))
          continue;
        const { namespace, name } = held;
        const path = `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}`;
        const resourceId = resourceName(resource);
        const isKept = NEVER_DELETED.test(resourceId) || METADATA_ONLY.test(resourceId);
        subjects.push({ id: idOf(resourceId, namespace, name), resource, path, object, isKept });
      }
    }
    return subjects;
  }

  /** Edits an object in one way that the API server takes, now and then by a new one of its name; deletes or copies it. */
  async #edit(subject: Subject, subjects: readonly Subject[], random: Random): Promise<string[]> {
    const isGuarded = METADATA_ONLY.test(resourceName(subject.resource));
    const means = this.#meansFor(subject, subjects, random);
    const turn = random();
    if (turn < 0.05 && !subject.isKept) {
      await this.#remove(subject);
      return ["deleted"];
    }
    if (turn > 0.96 && !isGuarded) {
      const copy = asNew(subject.object);
      const name = `copy-${Math.floor(random() * 1e6)}`;
      if (
        (await this.#create(subject, {
          ...withOwnSelector(copy, name),
          metadata: { ...member(copy, "metadata"), name },
        })) !== undefined
      )
        return ["copied"];
    }
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const now = await this.#read(subject);
      if (now === undefined) return [];
      const was = JSON.stringify(now);
      const what = await changeAtRandom(now, means, isGuarded);
      if (what === undefined || JSON.stringify(now) === was) continue;
      const taken = await answerOf(() => this.#rig.send("PUT", subject.path, JSON.stringify(now)));
      if (taken !== undefined && versionOf(taken) !== versionOf(was)) return [what];
      if (taken !== undefined || subject.isKept || random() < 0.5) continue;
      const anew = await this.#makeAnew(subject, asNew(now));
      if (anew !== undefined) return [`${anew} with another ${what}`];
    }
    return [];
  }

  /** What an edit of an object may draw on. */
  #meansFor(subject: Subject, subjects: readonly Subject[], random: Random): Means {
    const { namespace } = member(subject.object, "metadata");
    const owners = subjects.flatMap(({ resource, object, isKept }) => {
      // Garbage collection would delete a whole namespace with an owner that another edit makes anew meanwhile.
      if (subject.isKept && !isKept) return [];
      const { namespace: at, name, uid } = member(object, "metadata");
      if (METADATA_ONLY.test(resourceName(resource)) || (at !== undefined && at !== namespace)) return [];
      return [{ apiVersion: object["apiVersion"], kind: object["kind"], name, uid }];
    });
    const others = subjects.filter(
      ({ id, resource }) => id !== subject.id && resourceName(resource) === resourceName(subject.resource),
    );
    return { random, fields: this.#fields, owners, other: pick(others, random)?.object };
  }

  /** Deletes an object and creates another one of its name, if the API server takes that. */
  async #makeAnew(subject: Subject, object: JsonObject): Promise<string | undefined> {
    const probe = { ...object, metadata: { ...member(object, "metadata"), name: "probe" } };
    if ((await this.#create(subject, probe, "?dryRun=All")) === undefined) return undefined;
    await this.#remove(subject);
    return (await this.#create(subject, object)) === undefined ? "deleted" : "made anew";
  }

  async #create({ resource, object }: Subject, body: JsonObject, query = ""): Promise<string | undefined> {
    const { namespace } = member(object, "metadata");
    const collection = collectionPath(resource, namespace as string | undefined);
    return await answerOf(() => this.#rig.send("POST", `${collection}${query}`, JSON.stringify(body)));
  }

  async #read({ path }: Subject): Promise<JsonObject | undefined> {
    try {
      return parseJson(await this.#rig.send("GET", path)) as JsonObject;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Deletes an object and leaves what it owns. */
  async #remove(subject: Subject): Promise<void> {
    const { path } = subject;
    if (path.includes("/pods/"))
      await answerOf(() => this.#rig.send("DELETE", `${path}?gracePeriodSeconds=0`));
    else await answerOf(() => this.#rig.send("DELETE", `${path}?propagationPolicy=Orphan`));
    const { uid } = member(subject.object, "metadata");
    // What a controller misses, it makes anew at once.
    await until(`${path} is gone`, async () => {
      const now = await this.#read(subject);
      if (now === undefined || member(now, "metadata")["uid"] !== uid) return true;
      await this.#dropFinalizers(now, path);
      return false;
    });
  }

  async #dropFinalizers(now: JsonObject, path: string): Promise<void> {
    const metadata = member(now, "metadata");
    const finalizers = metadata["finalizers"];
    if (!Array.isArray(finalizers)) return;
    // The garbage collector's own one is its to drop.
    const kept = finalizers.filter((each) => each === "orphan" || each === "foregroundDeletion");
    if (kept.length === finalizers.length) return;
    metadata["finalizers"] = kept;
    await answerOf(() => this.#rig.send("PUT", path, JSON.stringify(now)));
  }
}

async function inParallel(work: (() => Promise<void>)[]): Promise<void> {
  const queue = work.values();
  const worker = async () => {
    for (const next of queue) await next();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** How an object is named here. */
export function idOf(resource: string, namespace: string | null | undefined, name: string): string {
  return `${resource} ${namespace ?? ""}/${name}`;
}

/** The answer to a request; undefined where the API server refuses. Some that it does not expect make it drop the connection. */
async function answerOf(send: () => Promise<string>): Promise<string | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ApiError || error instanceof ConnectionError) return undefined;
    throw error;
  }
}

/** What counts the writes to an object. */
function versionOf(text: string): unknown {
  return member(JSON.parse(text) as JsonObject, "metadata")["resourceVersion"];
}

/** An object as it is created: without what names the one that is gone. */
function asNew(object: JsonObject): JsonObject {
  const copy = parseJson(JSON.stringify(object)) as JsonObject;
  const metadata = member(copy, "metadata");
  for (const name of ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"])
    delete metadata[name];
  delete member(copy, "spec")["clusterIP"];
  delete member(copy, "spec")["clusterIPs"];
  return copy;
}

/**
 * A copy of a workload that selects Pods of its own: of workloads with one selector, either adopts what the other has
 * made, as Kubernetes warns.
 */
function withOwnSelector(copy: JsonObject, name: string): JsonObject {
  const spec = member(copy, "spec");
  const { matchLabels } = member(spec, "selector");
  const template = member(spec, "template");
  const labels = member(template, "metadata")["labels"];
  if (!isJsonObject(matchLabels) || !isJsonObject(labels)) return copy;
  const own = { copy: name };
  return {
    ...copy,
    spec: {
      ...spec,
      selector: { ...member(spec, "selector"), matchLabels: { ...matchLabels, ...own } },
      template: {
        ...template,
        metadata: { ...member(template, "metadata"), labels: { ...labels, ...own } },
      },
    },
  };
}
