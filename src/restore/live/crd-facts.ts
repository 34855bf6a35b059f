import { readObject } from "../../cluster/objects.ts";
import type { ApiClient } from "../../cluster/requests/api-client.ts";
import { ApiError } from "../../cluster/requests/api-error.ts";
import { isJsonObject, type JsonObject } from "../../kubernetes/json.ts";
import { type Resource, resourceName } from "../../kubernetes/resource.ts";

/** CustomResourceDefinitions, which every API server serves so. A definition's name is that of its resource. */
export const DEFINITIONS: Resource = {
  group: "apiextensions.k8s.io",
  version: "v1",
  resource: "customresourcedefinitions",
  kind: "CustomResourceDefinition",
  namespaced: false,
};
export const DEFINITIONS_NAME = resourceName(DEFINITIONS);

/** What of a CustomResourceDefinition a restore goes by. */
export interface DefinitionFacts {
  /** All its versions, and whether each is served. */
  versions: readonly { name: string; served: boolean }[];
  /** Whether its versions differ in name only, so that an object of one is an object of each other. */
  sameInAll: boolean;
  /** Whether its names are its own, and it is served. */
  established: boolean;
  /** Why it is not: its conditions, as the API server says them. */
  conditions: string;
}

/** Reads what a definition says. Of what is no definition nothing is known: it has no versions. */
export function definitionFacts(definition: JsonObject): DefinitionFacts {
  const spec = isJsonObject(definition["spec"]) ? definition["spec"] : {};
  const conversion = isJsonObject(spec["conversion"]) ? spec["conversion"]["strategy"] : undefined;
  const conditions = conditionsOf(definition["status"]);
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

/** The definition of a resource as the cluster has it, or undefined where there is none, or we may not see it. */
export async function readDefinition(
  client: ApiClient,
  name: string,
  signal: AbortSignal,
): Promise<DefinitionFacts | undefined> {
  try {
    const live = await readObject(client, DEFINITIONS, { namespace: undefined, name }, signal);
    return live === undefined ? undefined : definitionFacts(live);
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
