import { homedir } from "node:os";
import process from "node:process";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { S3Addressing } from "../contract/s3-options.ts";
import { checkAnswers } from "./answers/check-answers.ts";
import { ServerClock } from "./answers/server-clock.ts";
import { guardWrites } from "./guard-writes.ts";
import { isPathStyleRefused } from "./s3-error-facts.ts";
import { S3RequestHandler } from "./s3-request-handler.ts";
import { timeAnswers } from "./time-answers.ts";

/** An access key of S3. */
export interface StoreCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** Timeouts and attempts of S3 requests. */
export interface S3Timeouts {
  /** Connection timeout in milliseconds. */
  connect: number;
  /** Idle timeout of a connection in milliseconds. */
  idle: number;
  /** Maximum attempts of a request after transient errors, including the first attempt. */
  attempts: number;
}

const DEFAULT_TIMEOUTS: S3Timeouts = { connect: 5_000, idle: 30_000, attempts: 4 };

const DEFAULT_REGION = "us-east-1";

/** Options of {@link createS3Client}. */
export interface S3ClientOptions {
  /** Bucket name or access point ARN. */
  bucket: string;
  endpoint?: URL | undefined;
  credentials?: StoreCredentials | undefined;
  region?: string | undefined;
  /** The profile of AWS' own files; that of AWS_PROFILE by default. */
  profile?: string | undefined;
  timeouts?: Partial<S3Timeouts> | undefined;
  /** How the bucket is named in requests; "auto" by default. */
  addressing?: S3Addressing | undefined;
  /** The authorities to trust in place of the usual ones, as PEM. */
  ca?: string | undefined;
  /** Called before each attempt of a request that makes a backup appear or go; it throws where that may not be. */
  beforeWrite?: (() => Promise<void>) | undefined;
  /** Told how long each answer took until its head, in seconds, and its status, undefined where there was none. */
  onAnswer?: ((seconds: number, status: number | undefined) => void) | undefined;
  /** The environment in which the SDK looks for all other options; the process's by default. */
  environment?: Record<string, string | undefined> | undefined;
  /** Told of the server's time by each answer. */
  clock?: ServerClock | undefined;
}

/** Creates an S3 client that supports servers other than Amazon's and has timeouts. */
export async function createS3Client(options: S3ClientOptions): Promise<S3Client> {
  const { bucket, endpoint, credentials, addressing = "auto", ca } = options;
  const environment = options.environment ?? process.env;
  trimAwsVariables(environment);
  nameHome(environment);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const ofProfile = options.profile === undefined ? {} : { profile: options.profile };
  const config: S3ClientConfig = {
    ...ofProfile,
    region: options.region ?? (await findRegion(environment, ofProfile)),
    // Older servers (R2, B2, Ceph, IBM) refuse the checksum headers and trailers that the SDK adds by default;
    // Content-MD5, which all servers know, protects the bodies.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Some servers and proxies never answer "Expect: 100-continue"; the bodies are small enough without it.
    expectContinueHeader: false,
    followRegionRedirects: true,
    useArnRegion: true,
    retryMode: "standard",
    maxAttempts: timeouts.attempts,
    requestHandler: new S3RequestHandler({
      environment,
      ca,
      connectionTimeout: timeouts.connect,
      // The SDK's requestTimeout runs from the request to the head of the answer, and would end long uploads over slow
      // lines; socketTimeout measures the time in which nothing is transferred.
      socketTimeout: timeouts.idle,
    }),
    // An access point has a host of its own, and no path.
    forcePathStyle:
      !bucket.startsWith("arn:") &&
      (addressing === "path" || (addressing === "auto" && endpoint !== undefined)),
  };
  if (endpoint !== undefined) config.endpoint = endpoint.href;
  if (credentials !== undefined) {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    config.credentials = {
      accessKeyId: accessKeyId.trim(),
      secretAccessKey: secretAccessKey.trim(),
      ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.trim() }),
    };
  }
  const client = new S3Client(config);
  checkAnswers(client, options.clock ?? new ServerClock(() => new Date()));
  if (options.onAnswer !== undefined) timeAnswers(client, options.onAnswer);
  if (addressing === "auto") nameBucketInHostWhereRefused(client);
  if (options.beforeWrite !== undefined) guardWrites(client, options.beforeWrite);
  return client;
}

/** Sends a request again, and all that come after it, with the bucket in the host's name where the server wants that. */
function nameBucketInHostWhereRefused({ middlewareStack, config }: S3Client): void {
  middlewareStack.add(
    (next) => async (args) => {
      const inPath = config.forcePathStyle;
      try {
        return await next(args);
      } catch (error) {
        if (inPath !== true || !isPathStyleRefused(error)) throw error;
        config.forcePathStyle = false;
        return await next(args);
      }
    },
    { step: "initialize", name: "nameBucketInHostWhereRefused" },
  );
}

/** AWS_REGION, AWS_DEFAULT_REGION (which the SDK for JavaScript does not read), the region of the profile, or the default. */
async function findRegion(
  environment: Record<string, string | undefined>,
  ofProfile: { profile?: string },
): Promise<string> {
  const named = environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  if (named !== undefined && named !== "") return named;
  const probe = new S3Client(ofProfile);
  try {
    return await probe.config.region();
  } catch {
    return DEFAULT_REGION; // The SDK says "Region is missing" in several ways, and means this.
  } finally {
    probe.destroy();
  }
}

/**
 * The SDK itself reads AWS_PROFILE, AWS_ROLE_ARN and similar variables from the environment. This removes the line
 * break that values from Secrets end with.
 */
function trimAwsVariables(environment: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith("AWS_") || value === undefined || value === value.trim()) continue;
    environment[name] = value.trim();
  }
}

/**
 * The SDK looks for its files below the home directory, and ends the process where the system has no home directory:
 * in a container whose user has no entry in /etc/passwd and no HOME.
 */
function nameHome(environment: Record<string, string | undefined>): void {
  try {
    homedir();
  } catch {
    environment.HOME = "/";
  }
}
