import type { TestContext } from "node:test";

/** The steps of a test that builds on one another, as tests of their own with their times. */
export interface Steps {
  /** Runs a step; once one has failed, the ones after it are skipped. */
  step(title: string, work: () => Promise<void>): Promise<void>;
  /** Shows the time that each step took. */
  report(): void;
}

/** Makes steps out of a test. */
export function stepsOf(t: TestContext): Steps {
  const times: [title: string, milliseconds: number][] = [];
  let failed = false;
  return {
    step: async (title, work) => {
      await t.test(title, { skip: failed && "a step before it failed" }, async () => {
        const started = Date.now();
        try {
          await work();
        } catch (error) {
          failed = true;
          throw error;
        } finally {
          times.push([title, Date.now() - started]);
        }
      });
    },
    report: () => reportTimes(t, times),
  };
}

/** Shows a table of times. */
export function reportTimes(t: TestContext, times: readonly [title: string, milliseconds: number][]): void {
  for (const [title, milliseconds] of times) {
    t.diagnostic(`${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${title}`);
  }
}
