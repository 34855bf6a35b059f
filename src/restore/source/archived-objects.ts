import type { ManifestFile, ManifestResource } from "../../archive/format/manifest.ts";
import type { ObjectFiles } from "../../archive/format/object-files.ts";
import { describeScope } from "../../archive/format/scope.ts";
import { LinesInOrder } from "../../archive/lines/lines-in-order.ts";
import type { OwnedObjectEntry } from "../../archive/lines/parse-lines.ts";
import type { Archive } from "../../archive/reader.ts";
import type { FieldManager } from "../../kubernetes/field-manager.ts";
import type { JsonObject } from "../../kubernetes/json.ts";
import type { CustomStatus } from "../../kubernetes/object-status.ts";
import type { Owner } from "../../kubernetes/owners.ts";
import { NAMESPACES, type ObjectKey, resourceName } from "../../kubernetes/resource.ts";
import {
  type KeepsSystemObject,
  keptSystemObjects,
  SYSTEM_NAMESPACE,
} from "../../objects/kept-system-objects.ts";
import { NeverBackedUp } from "../../objects/never-backed-up.ts";
import { EVERYTHING, type SelectableObject, type Selection } from "../../selection/selection.ts";
import { amount } from "../../words/amount.ts";
import { CRD_RESOURCE, type CrdFacts, crdFacts } from "../live/crd-facts.ts";
import { statusOf } from "../object/archived-status.ts";
import { describeNeverBackedUp } from "./describe-never-backed-up.ts";
import { LeftNamespaces } from "./left-namespaces.ts";
import { ManagersInOrder } from "./managers-in-order.ts";
import type { NamespaceMapping } from "./namespace-mapping.ts";
import { mapNamespaces } from "./namespace-references.ts";

/** An object of the archive, as the object is to be in the cluster. */
export interface ArchivedObject {
  /** Namespace and name in the cluster. */
  key: ObjectKey;
  /** The object as JSON, under its names in the cluster. */
  text: string;
  /** The owners in the backup, also those that the object is restored without. */
  archivedOwners: readonly Owner[];
  /** The field managers; undefined where the backup does not know them. */
  managers: readonly FieldManager[] | undefined;
  /** The status, where the archive has one and statuses are asked for. */
  status?: CustomStatus | undefined;
}

/** A Namespace of the archive. */
export interface ArchivedNamespace extends ArchivedObject {
  /** Whether the Namespace itself is selected, and not only needed for the objects in it. */
  selected: boolean;
}

/** The source of a restore: the selected objects of an archive, under their names in the cluster. */
export class ArchivedObjects {
  readonly #archive: Archive;
  readonly #selection: Selection;
  readonly #mapping: NamespaceMapping;
  readonly #withStatus: boolean;
  readonly #never: NeverBackedUp;
  readonly #leftNamespaces = new LeftNamespaces();

  constructor({
    archive,
    selection = EVERYTHING,
    namespaceMapping = new Map(),
    withStatus = false,
    keeps = keptSystemObjects(),
  }: {
    archive: Archive;
    selection?: Selection | undefined;
    namespaceMapping?: NamespaceMapping | undefined;
    /** Whether statuses are read too. */
    withStatus?: boolean;
    /** Which objects of kube-system are restored: this run's own setting decides, whatever the archive holds. */
    keeps?: KeepsSystemObject;
  }) {
    this.#archive = archive;
    this.#selection = selection;
    this.#mapping = namespaceMapping;
    this.#withStatus = withStatus;
    this.#never = new NeverBackedUp({ keeps, keepFinished: archive.manifest.keepFinished });
  }

  /** Whether nothing narrows the selection. */
  get whole(): boolean {
    return this.#selection.whole;
  }

  /** What the person who restores must know of the backup, one sentence each. */
  notes(): string[] {
    const { missing, warnings } = this.#archive.manifest;
    const scope = describeScope(this.#archive.manifest);
    const lacking = missing.filter(({ resource }) => this.#selects(resource));
    const system = this.#systemFiles().reduce((sum, { objects }) => sum + objects, 0);
    return [
      ...(system === 0
        ? []
        : [
            `The backup holds ${amount(system, "object")} of kube-system: restored is what this program's own KEEP_KUBE_SYSTEM names, and nothing else`,
          ]),
      ...(scope === undefined ? [] : [`${this.#archive.name} is ${scope}`]),
      ...lacking.map(
        ({ resource, reason }) =>
          `The backup lacks ${resource}, or some of them: they could not be read: ${reason}`,
      ),
      ...(this.whole ? warnings : warnings.filter((warning) => this.#concerns(warning))),
    ];
  }

  /** Whether a warning of a part of the backup names a resource of the part. */
  #concerns(warning: string): boolean {
    const words = new Set(warning.split(/[\s,;:()]+/));
    return this.resourceNames().some((name) => words.has(name));
  }

  /** The name in the cluster of a namespace of the archive. */
  namespaceInCluster(name: string): string {
    return this.#mapping.get(name) ?? name;
  }

  /** The names in the cluster of namespaces of the archive: of those that objects are in by default. */
  namespacesInCluster(names?: Iterable<string>): Set<string> {
    const archived = names ?? this.#archive.files.namespaces();
    return new Set([...archived].map((name) => this.namespaceInCluster(name)));
  }

  /** Which of the objects that were read still name a namespace that has another name now, one sentence each. */
  namespaceNotes(): string[] {
    return this.#leftNamespaces.notes();
  }

  /** What was read and passed over, in one sentence; undefined where backups hold all that was read. */
  neverBackedUpNote(): string | undefined {
    return describeNeverBackedUp(this.#never, "not restored");
  }

  /** Whether the archive has objects of kube-system. */
  get holdsSystemObjects(): boolean {
    return this.#systemFiles().length > 0;
  }

  /** Names of the resources that selected objects can be of, namespaces aside. */
  resourceNames(): string[] {
    return this.#archive.manifest.resources
      .filter((resource) => this.#selection.resource(resource))
      .map(resourceName)
      .filter((name) => name !== resourceName(NAMESPACES));
  }

  /** A resource in the version of the archive. */
  resource(name: string): ManifestResource | undefined {
    return this.#archive.manifest.resources.find((resource) => resourceName(resource) === name);
  }

  /** The resource of the archive whose objects are of this kind. */
  ofKind(group: string, kind: string): ManifestResource | undefined {
    return this.#archive.manifest.resources.find(
      (resource) => resource.kind === kind && resource.group === group,
    );
  }

  /** All objects of a resource in some namespaces of the cluster, or in none: which of them are selected. */
  async *places(
    name: string,
    namespaces: ReadonlySet<string>,
    signal: AbortSignal,
  ): AsyncGenerator<{ key: ObjectKey; selected: boolean }> {
    const inCluster = (namespace: string | undefined) =>
      namespace === undefined ? undefined : this.namespaceInCluster(namespace);
    const isWanted = (archived: string | undefined) => {
      const namespace = inCluster(archived);
      return namespace === undefined || namespaces.has(namespace);
    };
    const isSelectable = this.resourceNames().includes(name);
    for (const file of this.#archive.files.objectsOf(name).where(isWanted)) {
      const namespace = inCluster(file.namespace);
      const selectable = isSelectable && this.#selectsNamespace(file.namespace);
      const isSelected = this.#selector(file);
      const isPassedOver = this.#passesOver(file);
      for await (const text of this.#archive.objects(file, signal)) {
        const object = JSON.parse(text) as SelectableObject & JsonObject;
        if (isPassedOver(object)) continue;
        const key = { namespace, name: object.metadata?.name ?? "" };
        yield { key, selected: selectable && isSelected(object) };
      }
    }
  }

  /** Files that can hold selected objects of a resource; no others need be read. */
  files(name: string): ObjectFiles {
    return this.#archive.files.objectsOf(name).where((namespace) => this.#selectsNamespace(namespace));
  }

  /** The selected objects of a file. */
  async *objects(file: ManifestFile, signal: AbortSignal): AsyncGenerator<ArchivedObject> {
    const isSelected = this.#selector(file);
    for await (const { text, object, ...more } of this.#read(file, signal)) {
      if (isSelected(object)) yield { ...this.#inCluster(file, text, object), ...more };
    }
  }

  /** The owners of those objects of a file that have any. */
  owners(file: ManifestFile, signal: AbortSignal): AsyncIterable<OwnedObjectEntry> {
    return this.#archive.owners(file, signal);
  }

  /** The CRD of a custom resource, selected or not, or undefined where the backup has none. */
  async crd(name: string, signal: AbortSignal): Promise<CrdFacts | undefined> {
    for (const file of this.#archive.files.objectsOf(CRD_RESOURCE)) {
      for await (const text of this.#archive.objects(file, signal)) {
        const object = JSON.parse(text) as JsonObject & SelectableObject;
        if (object.metadata?.name === name) return crdFacts(object);
      }
    }
    return undefined;
  }

  /**
   * The backup's names of the namespaces that hold a selected object, and whether any object is selected at all.
   * Each file is read no further than to its first selected object.
   */
  async inUse(signal: AbortSignal): Promise<{ namespaces: Set<string>; any: boolean }> {
    const namespaces = new Set<string>();
    let any = false;
    for (const name of [resourceName(NAMESPACES), ...this.resourceNames()]) {
      for (const file of this.files(name)) {
        if (file.namespace !== undefined && namespaces.has(file.namespace)) continue;
        if (!(await this.#hasSelected(file, signal))) continue;
        any = true;
        if (file.namespace !== undefined) namespaces.add(file.namespace);
      }
    }
    return { namespaces, any };
  }

  /** Whether a file has a selected object; it is read no further. */
  async #hasSelected(file: ManifestFile, signal: AbortSignal): Promise<boolean> {
    const isSelected = this.#selector(file);
    const isPassedOver = this.#passesOver(file);
    for await (const text of this.#archive.objects(file, signal)) {
      const object = JSON.parse(text) as SelectableObject & JsonObject;
      if (isSelected(object) && !isPassedOver(object)) return true;
    }
    return false;
  }

  /**
   * The Namespaces that are selected, or that hold a selected object.
   *
   * @param inUse the backup's names of the namespaces that hold a selected object; all are needed by default.
   */
  async *namespaces(
    inUse: ReadonlySet<string> | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<ArchivedNamespace> {
    for (const file of this.files(resourceName(NAMESPACES))) {
      const isSelected = this.#selector(file);
      for await (const { text, object, archivedOwners, managers } of this.#read(file, signal)) {
        const selected = isSelected(object);
        if (!selected && inUse?.has(object.metadata?.name ?? "") === false) continue;
        yield { ...this.#inCluster(file, text, object), archivedOwners, managers, selected };
      }
    }
  }

  /** The objects of a file with their owners, their field managers and, where statuses are asked for, their status. */
  async *#read(
    file: ManifestFile,
    signal: AbortSignal,
  ): AsyncGenerator<{
    text: string;
    object: SelectableObject;
    archivedOwners: readonly Owner[];
    managers: readonly FieldManager[] | undefined;
    status: CustomStatus | undefined;
  }> {
    const ownersOf = new LinesInOrder(this.#archive.owners(file, signal));
    const managersOf = new ManagersInOrder(this.#archive.managers(file, signal), file.manager);
    const isPassedOver = this.#passesOver(file);
    const statuses = this.#withStatus ? new LinesInOrder(this.#archive.statuses(file, signal)) : undefined;
    try {
      for await (const text of this.#archive.objects(file, signal)) {
        const object = JSON.parse(text) as SelectableObject & JsonObject;
        const name = object.metadata?.name ?? "";
        const line = await statuses?.next(name);
        const status = line === undefined ? undefined : statusOf(line);
        const archivedOwners = (await ownersOf.next(name))?.owners ?? [];
        const managers = await managersOf.next(name);
        if (isPassedOver(object, archivedOwners)) continue;
        yield { text, object, archivedOwners, managers, status };
      }
    } finally {
      await ownersOf.close();
      await managersOf.close();
      await statuses?.close();
    }
  }

  /** Whether a resource is selected. Of a resource that could not be read at all only the name is known. */
  #selects(name: string): boolean {
    const [resource = "", ...group] = name.split(".");
    const unknown = { group: group.join("."), version: "", resource, kind: resource, namespaced: true };
    return this.#selection.resource(this.resource(name) ?? unknown);
  }

  #selectsNamespace(namespace: string | undefined): boolean {
    return namespace === undefined || this.#selection.namespace(namespace);
  }

  /** The files of kube-system, by resource. */
  #systemFiles(): ObjectFiles[] {
    const { files } = this.#archive;
    return [...files.resources()]
      .map((name) => files.objectsOf(name).in(SYSTEM_NAMESPACE))
      .filter(({ length }) => length > 0);
  }

  /** Whether an object of a file is none that a backup holds, or one of kube-system that is not kept. */
  #passesOver(file: ManifestFile): (object: JsonObject, owners?: readonly Owner[]) => boolean {
    const resource = this.resource(file.resource ?? "");
    return (object, owners) => resource !== undefined && this.#never.has(resource, object, owners);
  }

  #selector(file: ManifestFile): (object: SelectableObject) => boolean {
    const resource = this.resource(file.resource ?? "");
    return (object) => resource !== undefined && this.#selection.object(resource, object);
  }

  #inCluster(
    file: ManifestFile,
    text: string,
    { metadata }: SelectableObject,
  ): Pick<ArchivedObject, "key" | "text"> {
    const { name = "", namespace } = metadata ?? {};
    if (this.#mapping.size === 0) return { key: { namespace, name }, text };
    const resource = this.resource(file.resource ?? "") ?? { group: "", resource: "", kind: "" };
    const isNamespace = file.resource === resourceName(NAMESPACES);
    const key = {
      namespace: namespace === undefined ? undefined : (this.#mapping.get(namespace) ?? namespace),
      name: isNamespace ? (this.#mapping.get(name) ?? name) : name,
    };
    const mapped = mapNamespaces(resource, text, this.#mapping);
    this.#leftNamespaces.add(resource, key, mapped.left);
    return { key, text: mapped.text };
  }
}
