import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";
import { CUSTOM_RESOURCE_DEFINITIONS, resourceName } from "../../kubernetes/resource.ts";

export const CRD_RESOURCE = resourceName(CUSTOM_RESOURCE_DEFINITIONS);

/** What a restore needs to know of a CRD. */
export interface CrdFacts {
  /** All versions, and whether each is served. */
  versions: readonly { name: string; served: boolean }[];
  /** Whether the versions differ in name only, so that an object of one version is an object of each other. */
  sameInAll: boolean;
  /** Whether the conditions Established and NamesAccepted are true. */
  established: boolean;
  /** The conditions that are not true, in the API server's words. */
  conditions: string;
}

/** Reads a CRD. What is no CRD has no versions. */
export function crdFacts(crd: JsonObject): CrdFacts {
  const spec = isJsonObject(crd["spec"]) ? crd["spec"] : {};
  const conversion = isJsonObject(spec["conversion"]) ? spec["conversion"]["strategy"] : undefined;
  const conditions = conditionsOf(crd["status"]);
  const isTrue = (type: string) =>
    conditions.some((each) => each["type"] === type && each["status"] === "True");
  return {
    versions: listOf(spec["versions"]).map(({ name, served }) => ({
      name: String(name),
      served: served === true,
    })),
    sameInAll: conversion === undefined || conversion === "None",
    established: isTrue("Established") && isTrue("NamesAccepted"),
    conditions: conditions
      .filter(({ type, status }) => (type === "Established" || type === "NamesAccepted") && status !== "True")
      .map(({ type, status, reason, message }) => `${type} is ${status}: ${reason}: ${message}`)
      .join("; "),
  };
}

/** The CRD of a resource in the cluster, or undefined where there is none, or this user may not read the CRD. */
export async function readCrd(
  client: ApiClient,
  name: string,
  signal: AbortSignal,
): Promise<CrdFacts | undefined> {
  try {
    const live = await readObject(
      client,
      CUSTOM_RESOURCE_DEFINITIONS,
      { namespace: undefined, name },
      signal,
    );
    return live === undefined ? undefined : crdFacts(live);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

function conditionsOf(status: unknown): JsonObject[] {
  return isJsonObject(status) ? listOf(status["conditions"]) : [];
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
