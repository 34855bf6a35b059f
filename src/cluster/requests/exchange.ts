import { Buffer } from "node:buffer";
import type { Dispatcher } from "undici";
import type { BodyReceiver } from "./body-stream.ts";

/** A whole answer. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Empty where a receiver has taken the body. */
  body: Buffer;
}

/** The request was not sent, since it may not be sent any more. */
export class NotSentError extends Error {
  override name = "NotSentError";
}

/** Whether a status is a success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Sends one request and reads the whole answer.
 *
 * The dispatcher's handlers are used rather than `request`, which makes a stream of each answer: a restore sends one
 * request for each object, and these streams took a tenth of its time.
 *
 * @param receiver takes the body of a success as it arrives.
 * @param maySend asked when a connection is free and the request is about to be sent, which may be long after the call.
 * @throws {NotSentError} where it may not, the signal's reason where the signal aborts, and the error of the connection.
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  { receiver, maySend }: { receiver?: BodyReceiver | undefined; maySend?: (() => boolean) | undefined } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    /** Undefined while no request is in flight. */
    let abort: (() => void) | undefined;
    let status = 0;
    let headers: Answer["headers"] = {};
    const chunks: Buffer[] = [];
    const end = () => {
      if (abort !== undefined) signal.removeEventListener("abort", abort);
      abort = undefined;
    };
    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        // Called again where a connection is lost before the request is sent.
        end();
        abort = () => controller.abort(signal.reason);
        if (signal.aborted) abort();
        else if (maySend?.() === false) controller.abort(new NotSentError());
        else signal.addEventListener("abort", abort, { once: true });
      },
      onResponseStart(_controller, statusCode, answered) {
        status = statusCode;
        headers = answered;
        if (isSuccess(status)) receiver?.begin();
      },
      onResponseData(controller, chunk) {
        if (receiver === undefined || !isSuccess(status)) {
          chunks.push(chunk);
          return;
        }
        const room = receiver.take(chunk);
        if (room === undefined) return;
        controller.pause();
        void room.then(() => {
          if (abort !== undefined) controller.resume();
        });
      },
      onResponseEnd() {
        end();
        const [first] = chunks;
        const body = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
        resolve({ status, headers, body });
      },
      onResponseError(_controller, error) {
        end();
        reject(error);
      },
    });
  });
}
