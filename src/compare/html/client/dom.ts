/**
 * The part of a browser that the page's script uses. TypeScript's own library of it would put
 * hundreds of global names into the whole program, `name` and `status` among them.
 */

export interface Listening<Event> {
  addEventListener(type: string, listener: (event: Event) => void, options?: { passive?: boolean }): void;
}

export interface PageEvent {
  key: string;
  target: unknown;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  preventDefault(): void;
}

export interface PageElement extends Listening<PageEvent> {
  id: string;
  className: string;
  classList: { toggle(name: string, on: boolean): void; contains(name: string): boolean };
  style: Record<string, string>;
  dataset: Record<string, string | undefined>;
  textContent: string | null;
  value: string;
  hidden: boolean;
  tagName: string;
  isConnected: boolean;
  open: boolean;
  append(...children: (PageElement | string)[]): void;
  replaceChildren(...children: (PageElement | string)[]): void;
  replaceWith(...children: (PageElement | string)[]): void;
  setAttribute(name: string, value: string): void;
  closest(selector: string): PageElement | null;
  contains(other: unknown): boolean;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
  focus(options?: { preventScroll?: boolean }): void;
  blur(): void;
  select(): void;
  scrollIntoView(options?: { block?: "start" | "center" | "nearest" }): void;
  showModal(): void;
  close(): void;
}

export interface PageDocument extends Listening<PageEvent> {
  activeElement: PageElement | null;
  documentElement: PageElement;
  createElement(name: string): PageElement;
  getElementById(id: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

export interface Watcher {
  observe(element: PageElement): void;
  unobserve(element: PageElement): void;
}

/** The browser's global object. */
export interface PageWindow extends Listening<PageEvent> {
  document: PageDocument;
  location: { hash: string };
  history: { replaceState(state: unknown, title: string, url: string): void };
  performance: { now(): number };
  setTimeout(callback: () => void, milliseconds: number): number;
  clearTimeout(timer: number): void;
  IntersectionObserver: new (
    callback: (entries: { target: PageElement; isIntersecting: boolean }[]) => void,
    options: { rootMargin: string },
  ) => Watcher;
}
