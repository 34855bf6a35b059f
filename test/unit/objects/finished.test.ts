import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../../../src/kubernetes/json.ts";
import { isFinished } from "../../../src/objects/finished.ts";

const TIME = "2026-01-31T12:00:00Z";
const condition = (type: string, status: string) => ({ conditions: [{ type, status }] });

interface Case {
  what: string;
  status: JsonObject;
  spec?: JsonObject;
  apiVersion?: string;
  /** Whether the status is a field of the object; a subresource by default. */
  isField?: boolean;
  finished: boolean;
}

const CASES: Case[] = [
  { what: "a TaskRun of Tekton that succeeded", status: { completionTime: TIME }, finished: true },
  {
    what: "one that runs",
    status: { ...condition("Succeeded", "Unknown"), startTime: TIME },
    finished: false,
  },
  { what: "one that failed", status: condition("Succeeded", "False"), finished: true },
  { what: "a Backup of Velero", status: { phase: "Completed", completionTimestamp: TIME }, finished: true },
  { what: "an AnalysisRun of Argo", status: { phase: "Successful", completedAt: TIME }, finished: true },
  {
    what: "a Workflow of Argo without subresource",
    status: { finishedAt: TIME },
    isField: true,
    finished: false,
  },
  { what: "one that has not finished", status: { finishedAt: "" }, finished: false },
  { what: "what is complete", status: condition("Complete", "True"), finished: true },
  { what: "what is not complete", status: condition("Complete", "False"), finished: false },
  { what: "a Rollout, which goes on", status: condition("Completed", "True"), finished: false },
  { what: "a database that failed", status: condition("Failed", "True"), finished: false },
  { what: "an installed operator of OLM", status: { phase: "Succeeded" }, finished: false },
  {
    what: "what runs again by a schedule",
    status: { completionTime: TIME },
    spec: { schedule: "@daily" },
    finished: false,
  },
  {
    what: "what keeps replicas running",
    status: condition("Complete", "True"),
    spec: { replicas: 3 },
    finished: false,
  },
  {
    what: "a Job, which has a rule of its own",
    status: { completionTime: TIME },
    apiVersion: "batch/v1",
    finished: false,
  },
  { what: "what has no status", status: {}, finished: false },
];

describe("a custom resource that has run", () => {
  for (const { what, status, spec = {}, apiVersion = "example.com/v1", isField = false, finished } of CASES)
    it(`${what}: ${finished ? "finished" : "not"}`, () => {
      const object = { apiVersion, kind: "Run", spec, status };
      const candidate = { kind: "Run", namespace: "shop", name: "run", object, statusIsApart: !isField };
      assert.equal(isFinished(candidate), finished);
    });
});
