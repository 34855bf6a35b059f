/** What almost every migration changes, without a file of patches: images, storage classes, Ingress classes and hosts. */

import type { JsonObject } from "../kubernetes/json.ts";
import { items, member } from "../kubernetes/object-facts.ts";
import { targetPattern } from "./patch-target.ts";
import type { Transform } from "./transform-file.ts";

/** A flag that changes one kind of value everywhere: `--set-image OLD=NEW`. */
export type ShortcutFlag = "set-image" | "set-storage-class" | "set-ingress-class" | "set-host";

/** What a flag changes. */
interface Shortcut {
  kinds: string;
  /** What OLD and NEW may be. */
  form: RegExp;
  example: string;
  /** A value with NEW in place of OLD; undefined where it is another value. */
  replace: (value: string, old: string, next: string) => string | undefined;
  /** Gives each place of such a value in an object to `at`. */
  visit: (object: JsonObject, at: Visitor) => void;
}

/** Replaces the text at a place. */
type Visitor = (holder: unknown[] | JsonObject, key: string | number) => void;

const WORKLOADS =
  "Pod|PodTemplate|ReplicationController|ReplicaSet|Deployment|StatefulSet|DaemonSet|Job|CronJob|Rollout";
const CLASS = /^[a-z0-9][-a-z0-9.]{0,252}$/;

/** The flags, and what they change. */
const SHORTCUTS: Readonly<Record<ShortcutFlag, Shortcut>> = {
  "set-image": {
    kinds: WORKLOADS,
    form: /^[A-Za-z0-9][-\w./:@]*$/,
    example: "registry.old.example=registry.new.example/mirror",
    replace: replaceImage,
    visit: (object, at) => {
      for (const pod of podSpecs(object))
        for (const list of ["initContainers", "containers", "ephemeralContainers"])
          for (const container of items(pod, list)) at(container, "image");
    },
  },
  "set-storage-class": {
    kinds: `PersistentVolume|PersistentVolumeClaim|${WORKLOADS}`,
    form: CLASS,
    example: "gp2=premium-rwo",
    replace: same,
    visit: visitStorageClasses,
  },
  "set-ingress-class": {
    kinds: "Ingress",
    form: CLASS,
    example: "alb=nginx",
    replace: same,
    visit: (object, at) => {
      at(member(object, "spec"), "ingressClassName");
      at(within(object, "metadata", "annotations"), "kubernetes.io/ingress.class");
    },
  },
  "set-host": {
    kinds: "Ingress|Gateway|HTTPRoute|GRPCRoute|TLSRoute",
    form: /^(?:\*\.)?[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/,
    example: "old.example=new.example",
    replace: replaceHost,
    visit: visitHosts,
  },
};

/** The names of the flags. */
const SHORTCUT_FLAGS = Object.keys(SHORTCUTS) as readonly ShortcutFlag[];

/** Values of the flags, by name. */
export type ShortcutValues = Readonly<Partial<Record<ShortcutFlag, readonly string[] | undefined>>>;

/** Reads the flags: each OLD=NEW is a transform of its own, and is named by what was typed. */
export function readShortcuts(values: ShortcutValues): { transforms: Transform[]; problems: string[] } {
  const transforms: Transform[] = [];
  const problems: string[] = [];
  for (const flag of SHORTCUT_FLAGS) {
    for (const text of values[flag] ?? []) {
      const { form, example, ...shortcut } = SHORTCUTS[flag];
      const [old = "", next = "", ...rest] = text.split("=");
      if (rest.length > 0 || !form.test(old) || !form.test(next)) {
        problems.push(`--${flag} ${JSON.stringify(text)} is not OLD=NEW: write for example ${example}`);
        continue;
      }
      transforms.push(transformOf(`--${flag} ${text}`, { ...shortcut, old, next }));
    }
  }
  return { transforms, problems };
}

function transformOf(
  title: string,
  {
    kinds,
    replace,
    visit,
    old,
    next,
  }: Pick<Shortcut, "kinds" | "replace" | "visit"> & { old: string; next: string },
): Transform {
  const edit = (object: JsonObject): boolean => {
    let changed = false;
    visit(object, (holder, key) => {
      const place = holder as Record<string | number, unknown>;
      const value = place[key];
      const other = typeof value === "string" ? replace(value, old, next) : undefined;
      if (other === undefined || other === value) return;
      place[key] = other;
      changed = true;
    });
    return changed;
  };
  const target = { kind: targetPattern(kinds) };
  return { file: title, patches: [{ title, target, names: undefined, change: { edit } }] };
}

function same(value: string, old: string, next: string): string | undefined {
  return value === old ? next : undefined;
}

/** An image of a registry, or below a path of one, or one image: `registry.old/team` is no part of `registry.old/teams/web`. */
function replaceImage(image: string, old: string, next: string): string | undefined {
  for (const name of [image, fullName(image)]) {
    const rest = name.startsWith(old) ? name.slice(old.length) : undefined;
    if (rest !== undefined && (rest === "" || /^[/:@]/.test(rest) || old.endsWith("/")))
      return `${next}${rest}`;
  }
  return undefined;
}

/** The name of an image with the registry and the path that are understood: `nginx` is `docker.io/library/nginx`. */
function fullName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  if (rest.length === 0) return `docker.io/library/${image}`;
  return /[.:]/.test(first) || first === "localhost" ? image : `docker.io/${image}`;
}

/** A host, or one of a domain: `old.example` is that of `shop.old.example` and of `*.old.example`. */
function replaceHost(host: string, old: string, next: string): string | undefined {
  if (host === old) return next;
  return host.endsWith(`.${old}`) ? `${host.slice(0, -old.length)}${next}` : undefined;
}

function visitStorageClasses(object: JsonObject, at: Visitor): void {
  const annotation = "volume.beta.kubernetes.io/storage-class";
  if (/^PersistentVolume(?:Claim)?$/.test(String(object["kind"]))) {
    at(member(object, "spec"), "storageClassName");
    at(within(object, "metadata", "annotations"), annotation);
  }
  for (const claim of items(member(object, "spec"), "volumeClaimTemplates")) {
    at(member(claim, "spec"), "storageClassName");
    at(within(claim, "metadata", "annotations"), annotation);
  }
  for (const pod of podSpecs(object))
    for (const volume of items(pod, "volumes"))
      at(within(volume, "ephemeral", "volumeClaimTemplate", "spec"), "storageClassName");
}

function visitHosts(object: JsonObject, at: Visitor): void {
  const spec = member(object, "spec");
  for (const rule of items(spec, "rules")) at(rule, "host");
  for (const listener of items(spec, "listeners")) at(listener, "hostname");
  const lists = [spec["hostnames"], ...items(spec, "tls").map((each) => each["hosts"])];
  for (const list of lists) if (Array.isArray(list)) for (const index of list.keys()) at(list, index);
}

/** The specs of the Pods that an object is, or makes. */
function podSpecs(object: JsonObject): JsonObject[] {
  return [
    member(object, "spec"),
    within(object, "template", "spec"),
    within(object, "spec", "template", "spec"),
    within(object, "spec", "jobTemplate", "spec", "template", "spec"),
  ];
}

/** The object at a path; an empty one where there is none. */
function within(object: JsonObject, ...path: readonly string[]): JsonObject {
  return path.reduce(member, object);
}
