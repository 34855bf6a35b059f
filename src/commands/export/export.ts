import { momentArguments, readBackupChoice } from "../../command-line/backup-argument.ts";
import { readBackupWord } from "../../command-line/backup-word.ts";
import { defineCommand } from "../../command-line/command.ts";
import { inPlace } from "../../command-line/in-place.ts";
import { openConfiguredStore } from "../../command-line/open-configured-store.ts";
import {
  BACKUP_OPTION,
  listOption,
  MOMENT_OPTIONS,
  NAMESPACE_OPTIONS,
  OUTPUT_OPTION,
  SELECTOR_OPTION,
} from "../../command-line/options.ts";
import { namespaceProblems } from "../../command-line/target-namespaces.ts";
import { UsageError } from "../../errors.ts";
import { formatTable } from "../../terminal/table.ts";
import { amount } from "../../words/amount.ts";
import type { Exported } from "./write-objects.ts";

/** `kube-backup export`: writes a backup as YAML files, for example into a git repository. */
export const exportCommand = defineCommand({
  command: "export [words..]",
  usage: "export [BACKUP] DIR|FILE.zip",
  describe: "Write a backup as YAML files, one an object",
  group: "everyday",
  needs: ["s3target"],
  backupWords: ({ words: [first, second] = [], backup }) => [
    backup,
    ...(second === undefined ? [] : [first]),
  ],
  clusterless: true,
  builder: (yargs) =>
    yargs
      .positional("words", {
        describe: "The backup, latest without it; then the folder, or the zip file to make",
        type: "string",
        array: true,
      })
      .options({
        ...OUTPUT_OPTION,
        ...BACKUP_OPTION,
        ...MOMENT_OPTIONS,
        namespace: {
          ...NAMESPACE_OPTIONS.namespace,
          describe: "Only these namespaces: shop,team-*; all otherwise",
        },
        "all-namespaces": NAMESPACE_OPTIONS["all-namespaces"],
        "include-namespaces": listOption("Only these namespaces: shop,team-*"),
        "exclude-namespaces": listOption("Not these namespaces: kube-*"),
        "include-kinds": listOption("Only these kinds: deploy,svc"),
        "exclude-kinds": listOption("Not these kinds: rs"),
        ...SELECTOR_OPTION,
        "include-secrets": {
          type: "boolean",
          default: false,
          describe: "Write Secrets too, readable to everybody who can read the files",
        },
        force: {
          type: "boolean",
          default: false,
          describe:
            "Into a folder that holds something: of what is selected, files of an export before that are gone are removed",
        },
        prune: {
          type: "boolean",
          default: false,
          describe:
            "With --force, also remove the files of an export before that are not of what is selected",
        },
      })
      .example("$0 export manifests", "The newest backup, without its Secrets")
      .example("$0 export shop.zip -n shop", "A namespace, as one zip file to hand on")
      .example("$0 export backup_20260131T120000Z manifests -n shop --force", "A namespace, over an export"),
  async handler(given) {
    const { flags, output, log, signal } = given;
    const { backup, folder } = readWords(flags.words ?? [], flags.backup);
    const choice = readBackupChoice(
      { backup, flag: flags.backup, ...momentArguments(flags) },
      given.reading(),
    );
    const context = inPlace(given, choice);
    const namespaces = readNamespaces(flags);
    const isZip = folder.endsWith(".zip");
    if (isZip && (flags.force || flags.prune)) {
      throw new UsageError(["--force and --prune are for folders: a zip file is never replaced"]);
    }
    if (flags.prune && !flags.force) {
      throw new UsageError(["--prune removes files of an export before: add --force, or leave --prune out"]);
    }
    const [
      { openChosenBackup },
      { compileSelection },
      { describeAmbiguousNames },
      { exportObjects, SECRETS },
      { ObjectFolder },
      { ObjectZip },
      { coveredBy },
      { describeUnreadResources },
    ] = await Promise.all([
      import("../../catalog/open-backup.ts"),
      import("../../selection/selection.ts"),
      import("../../selection/resources-by-name.ts"),
      import("./write-objects.ts"),
      import("../../print/folder/object-folder.ts"),
      import("../../print/folder/object-zip.ts"),
      import("./covered-by.ts"),
      import("../../command-line/read-backup-objects.ts"),
    ]);
    const byLabel = flags.selector !== undefined;
    const filters = {
      includeNamespaces: namespaces,
      excludeNamespaces: flags["exclude-namespaces"],
      selector: flags.selector,
    };
    // Only the backup can validate kinds. All other errors are reported before the backup is opened.
    compileSelection(filters, [], "");
    const store = await openConfiguredStore(context);
    try {
      const { name, archive, close } = await openChosenBackup(choice, { store, log }, signal);
      try {
        const selection = compileSelection(
          { ...filters, includeKinds: flags["include-kinds"], excludeKinds: flags["exclude-kinds"] },
          archive.manifest.resources,
          name,
        );
        const names = [...(flags["include-kinds"] ?? []), ...(flags["exclude-kinds"] ?? [])];
        for (const note of describeAmbiguousNames(archive.manifest.resources, names)) log.info(note);
        for (const warning of describeUnreadResources(archive, () => true)) log.warn(warning);
        const { force, "include-secrets": includeSecrets } = flags;
        const byKind = names.length > 0;
        const { resources, missing } = archive.manifest;
        const unread = missing.map(({ resource }) => resource);
        const untold = new Set(includeSecrets ? unread : [...unread, SECRETS]);
        const covers = flags.prune
          ? () => true
          : coveredBy(selection, { resources, untold, byKind, byLabel });
        const target = isZip
          ? await ObjectZip.open(folder, { time: new Date(archive.manifest.time) })
          : await ObjectFolder.open(folder, { force });
        const exported = await exportObjects(archive, { selection, target, includeSecrets, covers }, signal);
        if (exported.secretsLeftOut > 0)
          log.warn({ secrets: exported.secretsLeftOut }, secretsNote(exported));
        output.show({
          json: { backup: name, ...(isZip ? { file: folder } : { folder }), ...exported },
          text: () => describeExport(name, folder, exported),
        });
      } finally {
        await close();
      }
    } finally {
      await store.close();
    }
  },
});

/** A single word is the folder. Of two words, the first is the backup. */
function readWords(
  words: readonly string[],
  flag: string | undefined,
): { backup: string | undefined; folder: string } {
  const [first, second, ...more] = words;
  if (more.length > 0)
    throw new UsageError([`"${more[0]}" is one argument too many: write [BACKUP] DIR|FILE.zip`]);
  const [backup, folder] = second === undefined ? [undefined, first] : [first, second];
  if (folder === undefined || folder === "")
    throw new UsageError(["DIR is missing: name the folder to write to, or a FILE.zip; either is made"]);
  if (second === undefined && flag === undefined && isBackup(folder))
    throw new UsageError([
      `DIR is missing after BACKUP ${folder}; for a folder of that name write ./${folder}`,
    ]);
  return { backup, folder };
}

/** Whether a word alone is a backup, and no folder to be made. */
function isBackup(word: string): boolean {
  const read = readBackupWord(word);
  if (read === undefined || "problem" in read) return /^s3:/i.test(word);
  return read.kind === "latest" || read.place?.kind !== "file";
}

function readNamespaces(flags: {
  namespace?: readonly string[] | undefined;
  "all-namespaces": boolean;
  "include-namespaces"?: readonly string[] | undefined;
}): readonly string[] | undefined {
  const { namespace, "all-namespaces": all, "include-namespaces": included } = flags;
  if (namespace !== undefined && (all || included !== undefined)) {
    const other = all ? "--all-namespaces" : "--include-namespaces";
    throw new UsageError([`--namespace and ${other} both say where: give one of them`]);
  }
  const problems = namespaceProblems(namespace);
  if (problems.length > 0) throw new UsageError(problems);
  return namespace ?? included;
}

function secretsNote({ secretsLeftOut }: Exported): string {
  const secrets = `${amount(secretsLeftOut, "Secret")} ${secretsLeftOut === 1 ? "is" : "are"}`;
  return `${secrets} NOT in the export: as plain files they would be read by all who see them. --include-secrets writes them too`;
}

function describeExport(name: string, folder: string, exported: Exported): string[] {
  const { objects, written, unchanged, removed, kept } = exported;
  const table = formatTable({
    columns: [{ title: "KIND" }, { title: "OBJECTS", align: "right" }],
    rows: Object.entries(exported.kinds).map(([kind, count]) => [kind, String(count)]),
  });
  return [
    ...table,
    `${amount(objects, "object")} of ${name} in ${folder}: ${written} written, ${unchanged} unchanged, ${removed} removed`,
    ...(kept === 0
      ? []
      : [
          `${amount(kept, "file")} of an export before ${kept === 1 ? "is" : "are"} not of what is selected: left as ${kept === 1 ? "it is" : "they are"} (--prune removes ${kept === 1 ? "it" : "them"})`,
        ]),
  ];
}
