import cliProgress from "cli-progress";
import type { Screen } from "../screen.ts";

/** Options of {@link Bar}. */
export interface BarOptions {
  screen: Screen;
  /** The whole line as of now. */
  line: (bar: (progress: number, columns: number) => string) => string;
  /** The most columns of a bar. */
  columns: number;
  framesPerSecond: number;
}

/** A bar of cli-progress that shares its terminal with the log, and keeps no process alive. */
export class Bar extends cliProgress.SingleBar {
  constructor({ screen, line, columns, framesPerSecond }: BarOptions) {
    const terminal = {
      isTTY: () => true,
      getWidth: () => screen.width,
      write: (text: string) => screen.show(text),
    };
    super({
      ...({ terminal: { ...NOTHING, ...terminal } } as object),
      fps: framesPerSecond,
      barsize: columns,
      barCompleteChar: "=",
      barIncompleteChar: "-",
      linewrap: null,
      clearOnComplete: true,
      format: (options) =>
        line((progress, barsize) => cliProgress.Format.BarFormat(progress, { ...options, barsize })),
    });
  }

  override render(): void {
    super.render();
    (this as unknown as { timer: NodeJS.Timeout | null }).timer?.unref();
  }
}

/** What the library does to a terminal beyond writing: `Screen` sees to it. */
const NOTHING = Object.fromEntries(
  [
    "cursorSave",
    "cursorRestore",
    "cursor",
    "cursorTo",
    "cursorRelative",
    "cursorRelativeReset",
    "clearRight",
    "clearLine",
    "clearBottom",
    "newline",
    "lineWrapping",
  ].map((name) => [name, () => {}]),
);
