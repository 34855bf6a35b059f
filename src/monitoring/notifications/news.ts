import { amount } from "../../words/amount.ts";
import { gapText, rehearsalText } from "../events/event-text.ts";
import type { Happening } from "../happenings.ts";

/** For so long after a gap of the change log, another one is no news, in milliseconds. */
const SAME_GAP = 60 * 60_000;

/** What decides whether something is news. */
export interface NewsState {
  /** Whether the last attempt to take a backup failed; undefined before there was one. */
  failing: boolean | undefined;
  /** When a gap was last told of. */
  gapTold: Date | undefined;
}

/** Before anything has happened. */
export const NO_NEWS: NewsState = { failing: undefined, gapTold: undefined };

/** A change of state, for people and for programs. */
export interface News {
  /** The end of the CloudEvents type. */
  type:
    | "backup.failed"
    | "backup.recovered"
    | "restore.done"
    | "start.failed"
    | "rehearsal.refused"
    | "rehearsal.failed"
    | "rehearsal.recovered"
    | "log.gap";
  /** A sentence without its period, to follow the name of the cluster. */
  text: string;
  /** The backup that it is about. */
  backup?: string;
}

/**
 * What is news, and the state after it. A process does not know what was before it: its first success is no news, and its
 * first failure is.
 */
export function newsAfter(
  state: NewsState,
  happening: Happening,
  at: Date,
): { state: NewsState; news: News | undefined } {
  const next = nextState(state, happening);
  switch (happening.kind) {
    case "backup failed":
      return {
        state: next,
        news:
          state.failing === true
            ? undefined
            : { type: "backup.failed", text: `backups fail: ${happening.reason}` },
      };
    case "backup stored": {
      const { backup } = happening;
      const text = `backups succeed again: ${backup} is stored`;
      return {
        state: next,
        news: state.failing === true ? { type: "backup.recovered", text, backup } : undefined,
      };
    }
    case "restore ended": {
      const { backup, objects } = happening;
      const text = `restored from ${backup}: ${amount(objects, "object")}`;
      return { state: next, news: { type: "restore.done", text, backup } };
    }
    case "start failed":
      return { state: next, news: { type: "start.failed", text: startText(happening) } };
    case "rehearsed":
      return { state: next, news: rehearsalNews(happening) };
    case "rehearsal failed": {
      const text = `a rehearsal of a restore failed: ${happening.reason}`;
      return {
        state: next,
        news: happening.before === "failed" ? undefined : { type: "rehearsal.failed", text },
      };
    }
    case "log gap": {
      const told = state.gapTold;
      const isNew = told === undefined || at.getTime() - told.getTime() >= SAME_GAP;
      if (happening.isExpected || !isNew) return { state: next, news: undefined };
      const text = inSentence(gapText(happening));
      return { state: { ...next, gapTold: at }, news: { type: "log.gap", text } };
    }
    case "gate passed":
    case "restore begun":
    case "log begun":
      return { state: next, news: undefined };
  }
}

function nextState(state: NewsState, { kind }: Happening): NewsState {
  if (kind === "backup failed") return { ...state, failing: true };
  if (kind === "backup stored") return { ...state, failing: false };
  return state;
}

function rehearsalNews(happening: Happening & { kind: "rehearsed" }): News | undefined {
  const { backup, refused, before } = happening;
  const text = inSentence(rehearsalText(happening));
  if (refused > 0) return before === "refused" ? undefined : { type: "rehearsal.refused", text, backup };
  const isChange = before === "refused" || before === "failed";
  return isChange ? { type: "rehearsal.recovered", text, backup } : undefined;
}

function inSentence(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

function startText({ how, reason }: Happening & { kind: "start failed" }): string {
  const what = {
    refused: "the restore gate refuses",
    "restore failed": "a restore failed",
    failed: "the program cannot start",
  }[how];
  return `${what}: ${reason}`;
}
