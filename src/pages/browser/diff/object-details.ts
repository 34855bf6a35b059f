import { type ComponentChild, h } from "preact";
import { restoreCommand } from "../../../selection/restore-command.ts";
import { CopyCommand } from "../elements/copy-command.ts";
import { visibleText } from "../elements/visible-text.ts";
import { WholeYaml } from "../elements/whole-yaml.ts";
import type { PageField, PageObject, PageSides } from "./data.ts";
import { FieldTable } from "./field-table.ts";

/** What is in an object whose row is open: what differs, or the whole object, and the command that brings it back. */
export function ObjectDetails({
  object,
  fields,
  sides,
}: {
  object: PageObject;
  fields: readonly PageField[];
  sides: PageSides;
}): ComponentChild {
  const { yaml, change, apiVersion, kind, follows, byController } = object;
  const command = commandOf(object, sides);
  return h(
    "div",
    { class: "details" },
    h(
      "p",
      { class: "about" },
      visibleText(`${apiVersion} ${kind}`),
      follows === undefined ? null : [" · follows ", visibleText(`${follows.kind} ${follows.name}`)],
      change === "changed"
        ? null
        : [" · ", h("bdi", {}, visibleText(change === "added" ? sides.right.only : sides.left.only))],
      byController === true ? " · written by the cluster itself" : null,
    ),
    change === "changed"
      ? h(FieldTable, { fields, sides })
      : yaml === undefined
        ? null
        : h(WholeYaml, { yaml, change }),
    command === undefined ? null : h(CopyCommand, { command, title: "the restore command" }),
  );
}

/** The fields of an object that are shown. */
export function shownFields({ fields }: PageObject, isWithoutCluster: boolean): readonly PageField[] {
  return isWithoutCluster ? fields.filter((field) => !("byCluster" in field)) : fields;
}

/** The command that makes an object as it is on the left, or that brings what is only in the backup on the right. */
function commandOf(
  { resource, namespace, name, change }: Pick<PageObject, "resource" | "namespace" | "name" | "change">,
  sides: PageSides,
): string | undefined {
  const { source } = change === "added" ? sides.right : sides.left;
  if (source === undefined) return undefined;
  return restoreCommand({
    source,
    resource,
    namespace: namespace ?? undefined,
    name,
    exists: change === "changed",
  });
}
