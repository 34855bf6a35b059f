/** The function that Node provides with --expose-gc. The executable starts with that flag. */
type CollectGarbage = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

/**
 * Collects garbage and returns free memory to the system. By default, the runtime does that only when it needs memory
 * again, which a loop at rest never does. A collection takes some ten milliseconds; without --expose-gc, nothing happens.
 */
export function giveMemoryBack(): void {
  const { gc } = globalThis as { gc?: CollectGarbage };
  gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
}
