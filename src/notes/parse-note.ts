import * as z from "zod";
import { isTag, MAX_TAGS } from "../store/contract/tag-name.ts";
import { formatNote, type Note, NoteFault } from "./note.ts";

/** A line of a note has a name and one value; those of lists come once for each value. */
const LISTS = ["tag", "include-namespace", "exclude-namespace", "count", "missing", "recipient"] as const;

const line = z
  .string()
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u)
  .max(4096);
const count = z
  .string()
  .regex(/^(0|[1-9]\d{0,14})$/)
  .transform(Number);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

const FIELDS = z.strictObject({
  object: z.string().regex(/^backup_\d{8}T\d{6}Z\.zip(\.age)?$/),
  bytes: count,
  sha256,
  manifest: sha256,
  time: moment,
  cluster: z.string().regex(/^[A-Za-z0-9-]{1,253}$/),
  "cluster-name": line.optional(),
  kubernetes: z.string().regex(/^[!-~]{1,253}$/),
  revision: z.string().regex(/^[!-~]{1,253}$/),
  consistent: z.enum(["yes", "no"]),
  interval: count.optional(),
  tag: z.array(z.string().refine(isTag)).max(MAX_TAGS).optional(),
  "include-namespace": z.array(line).optional(),
  "exclude-namespace": z.array(line).optional(),
  parent: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,253} backup_\d{8}T\d{6}Z \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    .optional(),
  count: z.array(z.string().regex(/^(0|[1-9]\d{0,14}) [!-~]{1,316}$/)).default([]),
  missing: z.array(z.string().regex(/^[!-~]{1,316}$/)).default([]),
  excluded: count,
  warnings: count,
  recipient: z.array(z.string().regex(/^[!-~]{1,128}$/)).default([]),
  program: z.string().regex(/^[!-~]{1,253} [!-~]{1,253}$/),
  counter: count,
  previous: sha256.optional(),
});

/**
 * Parses the text of a note, without its signature. A note that says anything in another way than the writer is none.
 *
 * @throws {NoteFault} where the text is none. The message does not quote it.
 */
export function parseNote(text: string): Note {
  const [title = "", ...lines] = text.split("\n");
  if (title !== "kube-backup note 1") {
    const later = /^kube-backup note \d+$/.test(title);
    throw new NoteFault(later ? "a later version of kube-backup wrote it" : "it is no note of kube-backup");
  }
  const values: Record<string, string | string[]> = {};
  for (const each of lines.slice(0, -1)) {
    const [, name = "", value = ""] = /^([a-z0-9-]+): (.*)$/.exec(each) ?? [];
    const list = values[name];
    if ((LISTS as readonly string[]).includes(name)) {
      if (Array.isArray(list)) list.push(value);
      else values[name] = [value];
    } else if (list === undefined) values[name] = value;
    else throw new NoteFault(`it says its ${name} twice`);
  }
  const parsed = FIELDS.safeParse(values);
  if (!parsed.success) {
    const { path } = parsed.error.issues[0] ?? { path: [] };
    throw new NoteFault(
      path.length === 0 ? "it has lines of another kind" : `its ${String(path[0])} is not as written`,
    );
  }
  const note = noteOf(parsed.data);
  // One order, and each list without repetition: what is signed has one form.
  if (formatNote(note) !== text) throw new NoteFault("its lines are not as written");
  return note;
}

function noteOf(fields: z.infer<typeof FIELDS>): Note {
  const { object, bytes, time, revision, interval, missing, excluded, warnings, counter, previous } = fields;
  const include = fields["include-namespace"];
  const exclude = fields["exclude-namespace"];
  const name = fields["cluster-name"];
  const [cluster = "", backup = "", restored = ""] = fields.parent?.split(" ") ?? [];
  const [version = "", commit = ""] = fields.program.split(" ");
  return {
    object,
    bytes,
    sha256: fields.sha256,
    manifest: fields.manifest,
    time,
    cluster: { id: fields.cluster, ...(name === undefined ? {} : { name }) },
    kubernetesVersion: fields.kubernetes,
    revision,
    oneMoment: fields.consistent === "yes",
    ...(interval === undefined ? {} : { intervalSeconds: interval }),
    ...(fields.tag === undefined ? {} : { tags: fields.tag }),
    ...(include === undefined && exclude === undefined
      ? {}
      : {
          scope: {
            ...(include === undefined ? {} : { includeNamespaces: include }),
            ...(exclude === undefined ? {} : { excludeNamespaces: exclude }),
          },
        }),
    ...(fields.parent === undefined ? {} : { parent: { cluster, backup, restored } }),
    counts: Object.fromEntries(
      fields.count.map((each) => {
        const [number = "", kind = ""] = each.split(" ");
        return [kind, Number(number)];
      }),
    ),
    missing,
    excluded,
    warnings,
    recipients: fields.recipient,
    program: { version, commit },
    counter,
    ...(previous === undefined ? {} : { previous }),
  };
}
