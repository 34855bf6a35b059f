import assert from "node:assert/strict";
import { test } from "node:test";
import { kindTitles } from "../../../src/kubernetes/kind-titles.ts";

test("kinds of one name are told apart by their groups, and the core group's has the plain name", () => {
  const titles = kindTitles([
    { group: "serving.knative.dev", resource: "services", kind: "Service" },
    { group: "a.example.com", resource: "widgets", kind: "Widget" },
    { group: "b.example.com", resource: "widgets", kind: "Widget" },
    { group: "", resource: "services", kind: "Service" },
  ]);
  assert.deepEqual(Object.fromEntries(titles), {
    services: "Service",
    "services.serving.knative.dev": "Service.serving.knative.dev",
    "widgets.a.example.com": "Widget",
    "widgets.b.example.com": "Widget.b.example.com",
  });
});
