import { isJsonObject, parseJson } from "../../kubernetes/json.ts";
import { apiVersion, type Resource, resourceName, type ServedResource } from "../../kubernetes/resource.ts";
import { inApiVersion } from "../field-managers/managed-fields.ts";
import { readCrd } from "../live/crd-facts.ts";
import { LiveList } from "../live/live-list.ts";
import { statusInApiVersion, withStatusApart } from "../object/archived-status.ts";
import type { ObjectToRestore, RestoreResult } from "../object/object-to-restore.ts";
import type { ResourceTarget } from "../object/restore-context.ts";
import { chooseVersion } from "./choose-version.ts";
import type { RoundContext } from "./round-context.ts";

/** The target of a resource, or the result of all its objects where the API server does not serve the resource. */
export type FoundTarget =
  | { target: ResourceTarget; conversion: Conversion | undefined }
  | { result: RestoreResult };

/** The apiVersion that objects have in the backup, and the one in which they are written. */
interface Conversion {
  from: string;
  to: string;
}

/** The target of one resource. The target may only be known once the resource's CRD is established. */
export class TargetLookup {
  readonly #context: RoundContext;
  readonly #name: string;
  #found: FoundTarget;
  #search: Promise<FoundTarget> | undefined;

  /** @param found the answer of {@link findTarget}. */
  constructor(context: RoundContext, { name, found }: { name: string; found: FoundTarget }) {
    this.#context = context;
    this.#name = name;
    this.#found = found;
  }

  /** The target; the API server is asked again while the CRD is missing, once for all objects that ask at a time. */
  async find(signal: AbortSignal): Promise<FoundTarget> {
    if ("result" in this.#found && this.#found.result.waitsFor !== undefined) {
      this.#search ??= findTarget(this.#context, this.#name, signal).finally(() => {
        this.#search = undefined;
      });
      this.#found = await this.#search;
    }
    return this.#found;
  }
}

/** An object as its target takes the object: in the target's version, with the status apart where it is a subresource. */
export function forTarget(
  { target, conversion }: Extract<FoundTarget, { target: unknown }>,
  object: ObjectToRestore,
): ObjectToRestore {
  const apart = withStatusApart(target.resource, object);
  if (conversion === undefined) return apart;
  return {
    ...apart,
    text: withApiVersion(apart.text, conversion.to),
    managers: inApiVersion(apart.managers, conversion),
    status: statusInApiVersion(apart.status, conversion),
  };
}

/** Finds the target of a resource. */
export async function findTarget(
  context: RoundContext,
  name: string,
  signal: AbortSignal,
): Promise<FoundTarget> {
  const { source, served, report, writer, crds } = context;
  const archived = source.resource(name);
  const here = served.named(name);
  if (archived === undefined || here === undefined) {
    const reason = `the API server does not serve ${name}`;
    if (!crds.has(name)) return { result: { outcome: "failed", reason } };
    const assumed = writer.assumeCreated("the CustomResourceDefinition does not exist yet");
    const waitsFor = "the CustomResourceDefinition is not there yet";
    return { result: assumed ?? { outcome: "failed", reason, waitsFor } };
  }
  const choice = await choose(context, { archived, here }, signal);
  if ("reason" in choice) return { result: { outcome: "failed", reason: choice.reason } };
  const resource = { ...here, version: choice.version };
  const isSame = choice.version === archived.version;
  const conversion = isSame ? undefined : { from: apiVersion(archived), to: apiVersion(resource) };
  if (conversion !== undefined) {
    report.notes.push(
      `${name} ${writer.stores ? "come" : "would come"} back as ${conversion.to}: the backup has them as ${conversion.from}, which this API server does not serve, and which differs in name only`,
    );
  }
  return { target: { context, resource }, conversion };
}

async function choose(
  { client, source }: RoundContext,
  { archived, here }: { archived: Resource; here: ServedResource },
  signal: AbortSignal,
): Promise<ReturnType<typeof chooseVersion>> {
  const facts = { archived, served: here.versions };
  if (here.versions.includes(archived.version)) return chooseVersion(facts);
  const name = `${here.resource}.${here.group}`;
  const inCluster = await readCrd(client, name, signal);
  return chooseVersion({ ...facts, inCluster, inBackup: await source.crd(name, signal) });
}

/** Begins to list what exists of a resource, where namespaces of the backup existed before. */
export async function openLiveList(
  { client, namespacesBefore, source, log, statuses, report, keepFinished }: RoundContext,
  { target: { resource } }: Extract<FoundTarget, { target: unknown }>,
  signal: AbortSignal,
): Promise<LiveList> {
  const live = new LiveList(
    client,
    resource,
    {
      namespaces: namespacesBefore,
      part: !source.whole,
      withStatus: statuses !== undefined,
      keepFinished,
      onUnknown: ({ status, said }) => {
        if (status !== 403)
          log.debug({ reason: said }, `Cannot list ${resource.resource}: each is asked for`);
        else
          report.notes.push(
            `Which ${resourceName(resource)} exist is not known before each is asked for: ${said}`,
          );
      },
    },
    signal,
  );
  await live.open();
  return live;
}

function withApiVersion(text: string, apiVersion: string): string {
  const object = parseJson(text);
  return isJsonObject(object) ? JSON.stringify({ ...object, apiVersion }) : text;
}
