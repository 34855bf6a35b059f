/** A comparison in which every text tries to be something else. */

import type { Comparison, ObjectDifference } from "../../../src/compare/document.ts";

/** Texts that would run a function called `hostile`, or would have the page read wrongly. */
const HOSTILE = [
  "</script><img src=x onerror=hostile()>",
  "<script>hostile()</script>",
  "<!--<script>",
  "]]><svg onload=hostile()>",
  '"><img src=x onerror="hostile()">',
  "' autofocus onfocus='hostile()",
  "javascript:hostile()",
  "</style><style>*{display:none}</style>",
  "</title><base href=https://hostile.example/>",
  "{{constructor.constructor('hostile()')()}}",
  "&lt;img src=x onerror=hostile()&gt;",
  "safe\u202egpj.exe",
  "\u2067rtl\u2069 \u200b\ufeff\u2028\u2029 \u0000\u001b[31m",
  "\ud800 half of a character",
  "__proto__",
  "constructor",
];

/** The comparison: {@link HOSTILE} as name, namespace, kind, path, value, note and side. */
export function hostileComparison(): Comparison {
  const objects = HOSTILE.flatMap((text, index): ObjectDifference[] => {
    const names = { apiVersion: text, kind: text, resource: text, namespace: text, name: text };
    const other = HOSTILE[(index + 1) % HOSTILE.length];
    return [
      {
        ...names,
        change: "changed",
        fields: [
          { path: text, left: text, right: other },
          { path: `${text}.long`, left: `${text}\n${text}\n`, right: `${other}\n${text}` },
          { path: `data.${text}`, left: text, right: text, masked: true },
          { path: "only", right: { [text]: [text] } },
        ],
        follows: { kind: text, resource: text, namespace: text, name: text },
      },
      { ...names, name: `${text}-added`, change: "added", fields: [], object: { [text]: { [text]: text } } },
      {
        ...names,
        name: `${text}-removed`,
        namespace: null,
        change: "removed",
        fields: [],
        object: [text, `${text}\n`],
      },
    ];
  });
  const all = HOSTILE.join(" ");
  return {
    left: { kind: "backup", name: all, time: all },
    right: { kind: "cluster", name: all, time: all, server: all },
    summary: { added: HOSTILE.length, changed: HOSTILE.length, removed: HOSTILE.length, alike: 1 },
    objects,
    notes: HOSTILE,
  };
}
