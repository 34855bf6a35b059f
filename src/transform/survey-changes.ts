import { OperatorError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../kubernetes/json.ts";
import { kindTitles } from "../kubernetes/kind-titles.ts";
import { keyOf } from "../kubernetes/metadata.ts";
import {
  isNamespaces,
  objectTitle,
  parseApiVersion,
  type Resource,
  resourceName,
} from "../kubernetes/resource.ts";
import { controllerOf, pausing } from "../objects/paused.ts";
import type { SelectableObject, Selection } from "../selection/selection.ts";
import { countOf } from "../words/plural.ts";
import { someNames } from "../words/some-names.ts";
import type { Patch } from "./transform-file.ts";
import type { ReadObject, TransformedArchive } from "./transformed-archive.ts";

/** How many objects that cannot be changed an error names. */
const NAMED = 5;

/** How many objects of a kind a file changes. */
export interface ChangedKind {
  file: string;
  kind: string;
  objects: number;
}

/** What becomes of the selected objects of a backup. */
export interface ChangeSurvey {
  transformed: readonly ChangedKind[];
  /** What the person who restores must know, one sentence each. */
  notes: readonly string[];
}

/**
 * Changes all selected objects once, for the plan, and writes nothing.
 *
 * @throws {OperatorError} where a patch cannot be applied to a selected object, makes it another object or one that no
 * backup holds, or names an object that is not there.
 */
export async function surveyChanges(
  archive: TransformedArchive,
  selection: Selection,
  signal: AbortSignal,
): Promise<ChangeSurvey> {
  const survey = new Survey(archive);
  const isWanted = (namespace: string | undefined) =>
    namespace === undefined || selection.namespace(namespace);
  for (const resource of archive.manifest.resources) {
    if (!selection.resource(resource) && !isNamespaces(resource)) continue;
    for (const file of archive.files.objectsOf(resourceName(resource)).where(isWanted)) {
      if (!archive.concerns(file) && !survey.counts(resource)) continue;
      for await (const read of archive.read(file, signal))
        if (isSelected(JSON.parse(read.changed.text), resource, selection)) survey.add(read);
    }
  }
  return survey.end();
}

/** Whether an object is selected; Namespaces come back with what is in them. */
function isSelected(object: JsonObject, resource: Resource, selection: Selection): boolean {
  if (selection.object(resource, object as SelectableObject)) return true;
  return isNamespaces(resource) && selection.namespace(keyOf(object).name);
}

class Survey {
  readonly #archive: TransformedArchive;
  readonly #titles: ReadonlyMap<string, string>;
  /** By file and kind. */
  readonly #changed = new Map<string, Map<string, number>>();
  readonly #paused = new Map<string, number>();
  readonly #notPaused = new Map<string, string[]>();
  readonly #operated: string[] = [];
  readonly #matched = new Set<Patch>();
  readonly #faults: string[] = [];
  #dropped = 0;

  constructor(archive: TransformedArchive) {
    this.#archive = archive;
    this.#titles = kindTitles(archive.manifest.resources);
  }

  /** Whether objects of a resource are counted although nothing changes them. */
  counts(resource: { group: string; kind: string }): boolean {
    return this.#archive.changes.paused && pausing(resource) === "not paused";
  }

  add({ resource, original, owners, changed }: ReadObject): void {
    const kind = this.#titles.get(resourceName(resource)) ?? resource.kind;
    const key = keyOf(original);
    const title = objectTitle(kind, key);
    const { matched, files, fault, paused, dropped } = changed;
    for (const patch of matched) this.#matched.add(patch);
    if (fault !== undefined) this.#faults.push(`${title}: ${fault}`);
    for (const file of files) {
      const kinds = this.#changed.get(file) ?? new Map<string, number>();
      this.#changed.set(file, kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
    }
    if (dropped) this.#dropped += 1;
    if (!this.#archive.changes.paused) return;
    const place = key.namespace === undefined ? key.name : `${key.namespace}/${key.name}`;
    if (pausing(resource) === "not paused") {
      const names = this.#notPaused.get(kind) ?? [];
      names.push(place);
      this.#notPaused.set(kind, names);
    }
    if (!paused) return;
    this.#paused.set(kind, (this.#paused.get(kind) ?? 0) + 1);
    const controller = controllerOf(owners);
    if (controller === undefined) return;
    const { apiVersion, kind: of } = controller;
    if (pausing({ group: parseApiVersion(apiVersion).group, kind: of }) !== "paused")
      this.#operated.push(title);
  }

  /** @throws {OperatorError} where anything is wrong. */
  end(): ChangeSurvey {
    const { transforms } = this.#archive.changes;
    const patches = transforms.flatMap((transform) => transform.patches);
    const unmatched = patches.filter((patch) => !this.#matched.has(patch));
    for (const { title, names } of unmatched)
      if (names !== undefined)
        this.#faults.push(`${title} names ${names}, which is not among what is selected`);
    this.#throwFaults(transforms.map(({ file }) => file));
    return {
      transformed: [...this.#changed].flatMap(([file, kinds]) =>
        [...kinds].map(([kind, objects]) => ({ file, kind, objects })),
      ),
      notes: [
        ...transforms.map(({ file }) => `${counted(this.#changed.get(file))} changed by ${file}`),
        ...unmatched.map(({ title }) => `${capital(title)} matches nothing of what is selected`),
        ...patches.filter((patch) => this.#matched.has(patch)).flatMap(noteOnLists),
        ...(this.#dropped === 0
          ? []
          : [
              `What backups leave out is not set by patches: they set such fields of ${this.#dropped} objects`,
            ]),
        ...this.#pauseNotes(),
      ],
    };
  }

  #pauseNotes(): string[] {
    if (!this.#archive.changes.paused) return [];
    return [
      this.#paused.size === 0
        ? "Nothing of what is selected runs that can be paused"
        : `${counted(this.#paused)} paused: kube-backup resume -n NAMESPACE starts them again`,
      ...[...this.#notPaused].map(
        ([kind, names]) => `${countOf(names.length, kind)} cannot be paused: ${someNames(names, NAMED)}`,
      ),
      ...(this.#operated.length === 0
        ? []
        : [`Their operators may start these again: ${someNames(this.#operated, NAMED)}`]),
    ];
  }

  #throwFaults(files: readonly string[]): void {
    if (this.#faults.length === 0) return;
    const { length } = this.#faults;
    const shown = this.#faults.slice(0, NAMED).join("; ");
    throw new OperatorError(
      `Cannot use ${files.join(", ")}: ${shown}${length > NAMED ? `; and ${length - NAMED} more` : ""}`,
      { advice: "Nothing was written: mend the patches" },
    );
  }
}

/** Merge patches replace lists, where kustomize would merge the items of some: who does not know that loses containers. */
function noteOnLists({ title, change }: Patch): string[] {
  const lists = "merge" in change ? listsOf(change.merge) : [];
  if (lists.length === 0) return [];
  return [
    `${capital(title)} replaces ${lists.join(", ")} as a whole, as merge patches do; JSON patches change single items`,
  ];
}

/** Paths of the lists of objects in a merge patch. */
function listsOf(value: JsonObject, path: readonly string[] = []): string[] {
  return Object.entries(value).flatMap(([name, member]) => {
    if (isJsonObject(member)) return listsOf(member, [...path, name]);
    return Array.isArray(member) && member.some(isJsonObject) ? [[...path, name].join(".")] : [];
  });
}

function counted(kinds: ReadonlyMap<string, number> = new Map()): string {
  if (kinds.size === 0) return "Nothing is";
  return [...kinds].map(([kind, count]) => countOf(count, kind)).join(", ");
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
