import { openNewestBackup } from "../../catalog/open-backup.ts";
import { OperatorError, UsageError } from "../../errors.ts";
import { isSecrets } from "../../kubernetes/built-in-kinds.ts";
import type { Resource } from "../../kubernetes/resource.ts";
import type { Answer, Answers } from "../../local-server/serve.ts";
import { compileSelection } from "../../selection/selection.ts";
import { compileWords } from "../../selection/words-selection.ts";
import type { Store } from "../../store/contract/store.ts";
import type { Log } from "../../terminal/log/log.ts";
import { parseMoment } from "../../time/moment.ts";
import { visible } from "../../words/visible.ts";
import { viewComparison } from "./comparison-view.ts";
import { viewHistory } from "./history-view.ts";
import { type Moments, resourceOf } from "./moments.ts";
import { type ObjectQuestion, viewObject } from "./object-view.ts";
import { viewTimeline } from "./timeline-view.ts";
import { treeOf } from "./tree.ts";

/** What the answers are made of. */
export interface AnswersOptions {
  store: Store;
  moments: Moments;
  /** Whether there is a cluster to ask. */
  cluster: boolean;
  log: Log;
  now: () => Date;
  /** The files of the page, by path. */
  files: ReadonlyMap<string, Answer>;
  /** Aborts at the end of the program. */
  signal: AbortSignal;
}

/** How far back a history goes that says nothing of it: `--since` of `kube-backup log` has the same forms. */
const SINCE = "7d";

type Question = (query: URLSearchParams, signal: AbortSignal) => Promise<object>;

/** The answers to the page: its files, and JSON of what the store and the cluster have. No answer to a GET has a value of a Secret. */
export function createAnswers(options: AnswersOptions): Answers {
  const { store, moments, cluster, now, files } = options;
  const questions: Record<string, Question> = {
    "api/timeline": (_, signal) => viewTimeline({ store, now: now(), cluster }, signal),
    "api/tree": async (query) =>
      await treeOf(await moments.open(needed(query, "at")), {
        words: (query.get("q") ?? "").split(/\s+/).filter((word) => word !== ""),
        namespace: query.get("namespace") ?? undefined,
        resource: query.get("resource") ?? undefined,
        offset: Math.max(0, Math.trunc(Number(query.get("offset") ?? 0)) || 0),
      }),
    "api/object": async (query, signal) =>
      await viewObject(await moments.open(needed(query, "at")), objectOf(query), { revealed: false, signal }),
    "api/history": (query, signal) => historyOf(query, options, signal),
    "api/compare": async (query, signal) => {
      const from = await moments.open(needed(query, "from"));
      const to = await moments.open(needed(query, "to"));
      const namespace = query.get("namespace") || undefined;
      return await viewComparison({ from, to, namespace }, signal);
    },
  };
  return {
    read: async (path, query, signal) => {
      const file = files.get(path);
      if (file !== undefined) return file;
      const question = Object.hasOwn(questions, path) ? questions[path] : undefined;
      if (question === undefined) return problem(404, "there is nothing of this name");
      return await answered(question(query, within(signal, options)), options);
    },
    post: async (path, body, signal) => {
      if (path !== "api/secret") return problem(404, "there is nothing of this name");
      return await answered(revealed(body, options, within(signal, options)), options);
    },
  };
}

/** The request ends with the program, and where nobody waits for the answer. */
function within(signal: AbortSignal, options: Pick<AnswersOptions, "signal">): AbortSignal {
  return AbortSignal.any([signal, options.signal]);
}

/** The history of an object, or of all objects, or those of a namespace. */
async function historyOf(
  query: URLSearchParams,
  { store, now, log }: AnswersOptions,
  signal: AbortSignal,
): Promise<object> {
  const until = query.has("until") ? timeOf(query, "until", now()) : now();
  const since = timeOf(query, "since", now());
  const newest = await openNewestBackup({ store, until, log, check: "manifest" }, signal);
  await newest.close();
  const { resources } = newest.archive.manifest;
  const selection = historySelection(query, resources, newest.name);
  const range = { since, until };
  return await viewHistory(
    { store, resources, selection: { exact: selection, wide: selection }, range },
    signal,
  );
}

function historySelection(query: URLSearchParams, resources: readonly Resource[], where: string) {
  const namespace = query.get("namespace") || undefined;
  const namespaces = namespace === undefined ? undefined : [literal(namespace)];
  const [resource, name] = [query.get("resource"), query.get("name")];
  if (resource !== null) {
    const objects = name === null ? undefined : [{ kind: resource, name }];
    return compileWords({ kinds: [resource], objects, namespaces, selector: undefined }, resources, where);
  }
  return compileSelection({ includeNamespaces: namespaces }, resources, where);
}

/** A namespace that is no pattern. */
function literal(namespace: string): string {
  if (/[*?[\]{}!,()\\]/.test(namespace)) throw new UsageError([`"${namespace}" is no namespace`]);
  return namespace;
}

/** An object whose values are shown: of Secrets alone, and by POST alone. */
async function revealed(body: string, { moments }: AnswersOptions, signal: AbortSignal): Promise<object> {
  const query = new URLSearchParams(parsedBody(body));
  const moment = await moments.open(needed(query, "at"));
  const object = objectOf(query);
  const resource = resourceOf(moment, object.resource);
  if (resource === undefined || !isSecrets(resource))
    throw new UsageError([`"${object.resource}" are no Secrets`]);
  return await viewObject(moment, object, { revealed: true, signal });
}

/** The texts of a JSON object. */
function parsedBody(body: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(body);
    return Object.fromEntries(
      Object.entries(parsed ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    throw new UsageError(["The body is no JSON"]);
  }
}

function objectOf(query: URLSearchParams): ObjectQuestion {
  const namespace = query.get("namespace") || undefined;
  return { resource: needed(query, "resource"), namespace, name: needed(query, "name") };
}

function needed(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === "") throw new UsageError([`"${name}" is missing`]);
  return value;
}

function timeOf(query: URLSearchParams, name: "since" | "until", now: Date): Date {
  const text = query.get(name) ?? SINCE;
  const parsed = parseMoment(text, { now });
  if ("problem" in parsed) throw new UsageError([`The time "${text}" ${parsed.problem}`]);
  return parsed.moment;
}

/** The answer, or why there is none. */
async function answered(question: Promise<object>, { log }: Pick<AnswersOptions, "log">): Promise<Answer> {
  try {
    return json(200, await question);
  } catch (error) {
    if (error instanceof UsageError) return problem(400, error.message);
    if (error instanceof OperatorError) {
      const { message, advice } = error;
      return problem(502, advice === undefined ? message : `${message}. ${advice}`);
    }
    log.error({ err: error }, "A request of the page failed");
    return problem(500, "kube-backup failed; its log has the reason");
  }
}

function problem(status: number, reason: string): Answer {
  return json(status, { problem: visible(reason) });
}

function json(status: number, value: object): Answer {
  return { status, contentType: "application/json", body: JSON.stringify(value) };
}
