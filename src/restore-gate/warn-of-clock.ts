import type { Store } from "../store/contract/store.ts";
import type { Log } from "../terminal/log/log.ts";
import { describeSkew } from "./clock-difference.ts";

/** Gives a function that warns, once, where the store's answers so far tell another time than this machine's clock. */
export function clockWarning({ store, log }: { store: Store; log: Log }): () => void {
  let told = false;
  return () => {
    const warning = told ? undefined : describeSkew(store.clockSkew());
    if (warning === undefined) return;
    told = true;
    log.warn(warning);
  };
}
