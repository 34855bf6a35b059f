/** Raw JSON requests to the test cluster's API server, as its administrator. */

import { Agent, request as send } from "undici";

/** An answer of the API server with a status from 400 on. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  /** The Status object's reason, "AlreadyExists". */
  readonly reason: string;

  constructor(method: string, path: string, status: number, body: unknown) {
    const { message, reason } = (body ?? {}) as { message?: string; reason?: string };
    super(`${method} ${path}: ${status} ${message ?? JSON.stringify(body)}`);
    this.status = status;
    this.reason = reason ?? "";
  }
}

/** Options of {@link ApiClient.request}. */
interface RequestOptions {
  /** Default: merge patch for PATCH, plain JSON otherwise. */
  contentType?: string;
  signal?: AbortSignal;
}

/** A client of one API server. */
export interface ApiClient {
  /**
   * Sends a request and returns the parsed answer.
   *
   * @param path from the slash on, with the query.
   * @param body an object, or the text that is sent as it is.
   * @throws {ApiError} on a status from 400 on.
   */
  // biome-ignore lint/suspicious/noExplicitAny: tests read objects of every kind.
  request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<any>;
  close(): Promise<void>;
}

/** Makes a client that trusts one CA certificate (PEM) and sends a bearer token. */
export function createApiClient(server: string, ca: string, token: string): ApiClient {
  const agent = new Agent({ connect: { ca }, keepAliveTimeout: 1_000 });
  return {
    request: async (method, path, body, options = {}) => {
      const patch = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const response = await send(new URL(path, server), {
        dispatcher: agent,
        method: method as "GET",
        headers: {
          accept: "application/json",
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": options.contentType ?? patch }),
        },
        body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      const text = await response.body.text();
      const answer = parse(text);
      if (response.statusCode >= 400) throw new ApiError(method, path, response.statusCode, answer);
      return answer;
    },
    close: () => agent.destroy(),
  };
}

/** JSON where it is JSON: /readyz and some errors are plain text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
