import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { noteOnCronJobs, noteOnHosts } from "../../../src/restore/copied-namespaces.ts";

function ingress(namespace: string, name: string, ...hosts: (string | undefined)[]) {
  const rules = hosts.map((host) => (host === undefined ? {} : { host }));
  return { key: { namespace, name }, object: { spec: { rules } } };
}

function cronJob(namespace: string, name: string, suspend?: boolean) {
  return { key: { namespace, name }, object: { spec: { suspend } } };
}

const COPY = ingress("shop-old", "web", "a.example", undefined);

describe("hosts that exist twice", () => {
  const rows: [title: string, live: ReturnType<typeof ingress>[] | undefined, notes: RegExp | undefined][] = [
    [
      "of the original",
      [ingress("shop", "web", "a.example")],
      /^Hosts that two Ingresses serve then: a\.example \(shop\/web, shop-old\/web\); --set-host or --transform/,
    ],
    [
      "of any other Ingress",
      [ingress("bank", "x", "b.example", "a.example")],
      /a\.example \(bank\/x, shop-old\/web\)/,
    ],
    ["not where the original is gone", [], undefined],
    ["not the copy itself, restored before", [COPY], undefined],
    ["not known", undefined, /is not known, without the right to list Ingresses$/],
  ];
  for (const [title, live, notes] of rows) {
    test(title, () => {
      const found = noteOnHosts({ copies: [COPY], live });
      if (notes === undefined) assert.deepEqual(found, []);
      else assert.match(found.join("\n"), notes);
    });
  }
});

describe("CronJobs that run twice", () => {
  const mapping = new Map([["shop", "shop-old"]]);
  const rows: [
    title: string,
    copy: boolean | undefined,
    live: ReturnType<typeof cronJob>[],
    warns: boolean,
  ][] = [
    ["as the original", undefined, [cronJob("shop", "night")], true],
    ["not where the original is suspended", undefined, [cronJob("shop", "night", true)], false],
    ["not where the copy is suspended", true, [cronJob("shop", "night")], false],
    ["not where the original is gone", undefined, [cronJob("shop", "day")], false],
  ];
  for (const [title, suspend, live, warns] of rows) {
    test(title, () => {
      const found = noteOnCronJobs({ copies: [cronJob("shop-old", "night", suspend)], live }, mapping);
      assert.deepEqual(
        found,
        warns
          ? ["CronJobs of which the original runs, too: shop-old/night; --paused suspends the copies"]
          : [],
      );
    });
  }
});
