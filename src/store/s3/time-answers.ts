import { performance } from "node:perf_hooks";
import type { S3Client } from "@aws-sdk/client-s3";

/** Tells of each answer, those of requests that the SDK sends again among them: seconds until its head, and its status. */
export function timeAnswers(
  { middlewareStack }: S3Client,
  onAnswer: (seconds: number, status: number | undefined) => void,
): void {
  middlewareStack.add(
    (next) => async (args) => {
      const begun = performance.now();
      const told = (status?: number) => onAnswer((performance.now() - begun) / 1000, status);
      try {
        const result = await next(args);
        told((result.response as { statusCode?: number }).statusCode);
        return result;
      } catch (error) {
        told();
        throw error;
      }
    },
    // After whatever reads an answer, which may throw for what it says.
    { step: "deserialize", priority: "low", name: "timeAnswers" },
  );
}
