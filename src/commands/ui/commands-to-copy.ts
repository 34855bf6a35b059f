import { isNamespaces, type Resource } from "../../kubernetes/resource.ts";
import type { UiCommand, UiMoment } from "../../pages/browser/ui/data.ts";
import { shellCommand } from "../../words/shell-command.ts";
import { kindWord, restoreCommand } from "../log/gone-text.ts";
import { CLUSTER } from "./moments.ts";

/** What the names of objects of Kubernetes consist of; those of RBAC have colons. */
const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9._:@]{0,251}[A-Za-z0-9])?$/;

/** An object of which commands are. */
export interface CommandObject {
  resource: Resource;
  namespace: string | undefined;
  name: string;
}

/** Whether both names are names: of others, which an archive may hold, no command is made. */
export function isNamed({ namespace, name }: Pick<CommandObject, "namespace" | "name">): boolean {
  return NAME.test(name) && (namespace === undefined || NAME.test(namespace));
}

/** What can be done about an object at a moment. */
export function objectCommands(
  object: CommandObject,
  { at, time }: Pick<UiMoment, "at" | "time">,
  resources: readonly Resource[],
): UiCommand[] {
  if (!isNamed(object)) return [];
  const { resource, namespace, name } = object;
  const word = `${kindWord(resource, resources)}/${name}`;
  const place = namespace === undefined ? "" : shellCommand` --namespace=${namespace}`;
  const history = {
    title: "Show its history",
    command: shellCommand`kube-backup log --since=${time}` + place + shellCommand` ${word}`,
  };
  if (at === CLUSTER) return [history];
  const when = momentFlag(at);
  const source = at.startsWith("backup_") ? { backup: at } : { at: new Date(time) };
  const restore = restoreCommand({ resource, namespace, name, source }, resources);
  return [
    { title: "Show it", command: `kube-backup get${when}${place}${shellCommand` --output=yaml ${word}`}` },
    {
      title: "Compare it with the cluster",
      command: `kube-backup diff${when}${place}${shellCommand` ${word}`}`,
    },
    history,
    ...(restore === undefined
      ? []
      : [
          {
            title: isNamespaces(resource) ? "Restore it, with all that is in it" : "Restore it",
            command: restore,
          },
        ]),
  ];
}

/** What compares two moments on a terminal. */
export function comparisonCommands(from: UiMoment, to: UiMoment, namespace: string | undefined): UiCommand[] {
  if (from.at === CLUSTER || (namespace !== undefined && !NAME.test(namespace))) return [];
  const place = namespace === undefined ? "" : shellCommand` --namespace=${namespace}`;
  const isBackup = ({ at }: UiMoment) => at.startsWith("backup_");
  const title = "Compare them on a terminal";
  if (to.at === CLUSTER) return [{ title, command: `kube-backup diff${momentFlag(from.at)}${place}` }];
  if (isBackup(from) && isBackup(to))
    return [{ title, command: `kube-backup diff${place}${shellCommand` ${from.at} ${to.at}`}` }];
  // A backup and a moment of the change log are compared by no command.
  if (isBackup(from) || isBackup(to)) return [];
  const times = shellCommand` --at=${from.time} --at=${to.time}`;
  return [{ title, command: `kube-backup diff${times}${place}` }];
}

function momentFlag(at: string): string {
  return at.startsWith("backup_") ? shellCommand` --backup=${at}` : shellCommand` --at=${at}`;
}
