import { useEffect, useState } from "preact/hooks";
import type { UiObject, UiProblem } from "./data.ts";

/** What a question asks with: absent values are left out. */
export type Parameters = Readonly<Record<string, string | undefined>>;

/** An answer that comes, is there, or does not come. */
export type Asked<T> =
  | { state: "waiting" }
  | { state: "there"; value: T }
  | { state: "failed"; problem: string };

/** Asks the program. */
export async function ask<T>(path: string, parameters: Parameters, signal?: AbortSignal): Promise<Asked<T>> {
  const query = new URLSearchParams(given(parameters));
  return await fetched<T>(`api/${path}?${query}`, { signal: signal ?? null });
}

/** Asks for an object with the values of a Secret, which no address may have. */
export async function askSecret(parameters: Parameters): Promise<Asked<UiObject>> {
  return await fetched<UiObject>("api/secret", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(given(parameters)),
  });
}

/** Asks while a part of the page is shown, and anew when the question changes; no question is asked of undefined. */
export function useAnswer<T>(path: string, parameters: Parameters | undefined): Asked<T> {
  const key = parameters === undefined ? undefined : JSON.stringify(parameters);
  const [answer, setAnswer] = useState<Asked<T>>({ state: "waiting" });
  useEffect(() => {
    if (parameters === undefined) return undefined;
    const gone = new AbortController();
    setAnswer({ state: "waiting" });
    void ask<T>(path, parameters, gone.signal).then((asked) => {
      if (!gone.signal.aborted) setAnswer(asked);
    });
    return () => gone.abort();
  }, [path, key]);
  return answer;
}

async function fetched<T>(address: string, options: RequestInit): Promise<Asked<T>> {
  try {
    const response = await fetch(address, options);
    const isJson = response.headers.get("content-type") === "application/json";
    const value: unknown = isJson ? await response.json() : { problem: await response.text() };
    if (response.ok) return { state: "there", value: value as T };
    return { state: "failed", problem: (value as UiProblem).problem };
  } catch {
    return { state: "failed", problem: "kube-backup does not answer: start kube-backup ui again" };
  }
}

function given(parameters: Parameters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
