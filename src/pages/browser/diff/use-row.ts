import { useLayoutEffect, useReducer, useRef } from "preact/hooks";
import type { RowState, RowStates } from "./row-states.ts";

/** Tells of a row that the reader comes near to it. */
export interface Near {
  watch(element: Element, onNear: () => void): () => void;
}

/** What rows share. */
export interface RowContext {
  states: RowStates;
  near: Near;
}

/** The rows that are within a screen of what is seen, by one observer. */
export function createNear(): Near {
  const watched = new WeakMap<Element, () => void>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) watched.get(target)?.();
    },
    { rootMargin: "600px" },
  );
  return {
    watch(element, onNear) {
      watched.set(element, onNear);
      observer.observe(element);
      return () => observer.unobserve(element);
    },
  };
}

/** The state of a row: the row is drawn again when its state changes, and opens when it waits and the reader comes near. */
export function useRow({ states, near }: RowContext, key: string) {
  const article = useRef<HTMLElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const state: RowState = states.of(key);
  useLayoutEffect(() => {
    if (button.current === null) return undefined;
    return states.mount(key, { button: button.current, redraw: () => redraw(undefined) });
  }, [states, key]);
  useLayoutEffect(() => {
    if (state !== "waiting" || article.current === null) return undefined;
    return near.watch(article.current, () => states.set(key, "open"));
  }, [state, key]);
  const toggle = () => states.set(key, state === "closed" ? "open" : "closed");
  return { article, button, state, toggle };
}
