/**
 * The layers of src: each folder, and what its files may import besides the files of the folder itself.
 *
 * An entry is a folder of src or a file at its top, and stands for all that is below it. A folder below another may
 * have an entry of its own, which then holds in place of the other's. A folder without an entry fails the test.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": ["commands", "command-line", "settings", "terminal"],
  commands: [
    ...[
      "command-line",
      "access",
      "backup",
      "restore",
      "restore-gate",
      "rehearse",
      "transform",
      "restore-report",
      "reports",
      "resume",
      "copy",
      "change-log",
      "undo",
      "compare",
      "audit",
      "pages",
      "local-server",
      "program",
      "retention",
      "print",
    ],
    ...["catalog", "selection", "lease", "cluster", "archive", "notes", "trust", "tags", "encryption"],
    ...["signatures", "store", "kubernetes", "concurrency", "network"],
    ...[
      "configuration",
      "settings",
      "health",
      "monitoring",
      "terminal",
      "time",
      "words",
      "memory",
      "errors.ts",
      "version.ts",
    ],
  ],
  "command-line": [
    "change-log",
    ...["catalog", "selection", "lease", "cluster", "archive", "notes", "trust", "tags", "encryption"],
    ...["signatures", "store", "kubernetes", "settings", "terminal", "time", "words"],
    ...["errors.ts", "version.ts"],
  ],

  // What is to be done with a cluster, an archive and a store.
  backup: [
    // The order of a restore, which an archive tells to people.
    "restore/rounds",
    "program",
    "references",
    "objects",
    "selection",
    "cluster",
    "archive",
    "notes",
    "encryption",
    "store",
    "kubernetes",
    "health",
    "terminal",
    "time",
    "words",
    "errors.ts",
  ],
  "restore-gate": [
    // The newest moment, and whether somebody vouches for it.
    ...["change-log/format", "change-log/replay", "trust"],
    ...["restore", "catalog", "objects", "cluster", "archive", "store", "kubernetes"],
    ...["health", "terminal", "time", "words", "errors.ts"],
  ],
  // What a program that runs is known by from outside.
  monitoring: [
    ...["reports", "catalog", "program", "cluster", "archive", "notes", "store/contract", "kubernetes"],
    ...["network", "terminal/log", "time", "words", "errors.ts"],
  ],
  rehearse: [
    "restore",
    "objects",
    "cluster",
    "archive",
    "kubernetes",
    "terminal",
    "time",
    "words",
    "errors.ts",
  ],
  restore: [
    "program",
    "references",
    "objects",
    "selection",
    "cluster",
    "archive",
    "kubernetes",
    "terminal",
    "time",
    "words",
    "errors.ts",
  ],

  // Which rights there are, what differs, which backups stay, how objects are written, which backup and which of its objects are meant.
  lease: ["cluster", "kubernetes", "terminal", "time", "errors.ts"],
  access: ["lease", "cluster", "store/contract", "kubernetes"],
  compare: [
    ...[
      "pages",
      "program",
      "objects",
      "selection",
      "print",
      "cluster",
      "archive",
      "kubernetes",
      "terminal",
      "time",
      "words",
    ],
  ],
  undo: [
    "change-log/history",
    "change-log/replay",
    "compare",
    "selection",
    "archive",
    "store/contract",
    "kubernetes",
    "errors.ts",
  ],
  "change-log/history": [
    ...["change-log/format", "change-log/replay", "compare", "selection", "archive"],
    ...["store/contract", "kubernetes", "errors.ts"],
  ],
  notes: ["archive/format", "store/contract", "words"],
  "change-log": [
    // Follows a backup while it is taken.
    ...["backup", "objects", "cluster", "archive", "kubernetes", "concurrency", "store/contract"],
    ...["terminal/log", "time", "words", "errors.ts"],
  ],
  trust: [
    "change-log/format",
    "notes",
    "signatures",
    "store/contract",
    "concurrency",
    "terminal/log",
    "time",
    "words",
    "errors.ts",
  ],
  tags: [
    ...["trust", "notes", "signatures", "store/contract", "concurrency", "terminal/log", "time", "errors.ts"],
  ],
  "restore-report": ["reports", "cluster", "kubernetes", "store/contract", "terminal/log", "errors.ts"],
  reports: ["catalog", "store/contract", "time"],
  copy: [
    // The sweep of what killed processes have left.
    ...["backup", "catalog", "archive", "tags", "trust", "notes", "signatures", "store/contract"],
    ...["terminal/log", "words", "errors.ts"],
  ],
  retention: [
    ...[
      "change-log/format",
      "change-log/replay",
      "concurrency",
      "tags",
      "catalog",
      "archive",
      "notes",
      "store",
      "kubernetes",
      "terminal",
      "time",
      "words",
      "errors.ts",
    ],
  ],
  // What was done with the backups of a store, day by day.
  audit: ["catalog", "trust", "notes", "signatures", "concurrency", "store/contract"],
  // Serves a page to one user's browser, whatever the page is of.
  "local-server": ["network"],
  // What all pages have in common.
  pages: ["words"],
  // Runs in a browser, and is bundled into the pages; its data are types of its own, which those who write a page import.
  "pages/browser": ["selection/restore-command.ts", "words"],
  print: ["selection", "kubernetes", "terminal", "words", "errors.ts"],
  catalog: [
    // A moment between two backups.
    "change-log/replay",
    "selection",
    "concurrency",
    "archive",
    "notes",
    // Which of two forms of a backup is believed.
    "trust",
    "encryption",
    "store",
    "kubernetes",
    "terminal",
    "time",
    "words",
    "errors.ts",
  ],
  resume: ["objects", "cluster", "kubernetes", "time"],
  transform: ["objects", "selection", "archive", "kubernetes", "words", "errors.ts"],
  program: ["objects", "cluster", "kubernetes"],
  references: ["cluster", "kubernetes"],
  objects: ["kubernetes", "words"],

  // One outside thing each, and nothing of each other.
  cluster: ["network", "kubernetes", "memory", "time", "errors.ts"],
  archive: ["store/contract", "kubernetes", "memory", "words", "errors.ts"],
  store: ["network", "memory", "concurrency", "words", "errors.ts"],
  // An encrypted file is read as a store's is, and is damaged as an archive is.
  encryption: ["archive/format", "store/contract", "words", "errors.ts"],

  // Nothing of the rest.
  configuration: ["settings", "words", "errors.ts"],
  settings: ["objects", "selection", "encryption", "signatures", "store/contract", "time", "errors.ts"],
  selection: ["kubernetes", "words", "errors.ts"],
  health: ["network"],
  signatures: [],
  concurrency: [],
  network: ["errors.ts"],
  kubernetes: [],
  memory: [],
  terminal: ["words"],
  time: [],
  words: [],
  "errors.ts": [],
  "version.ts": [],
};
