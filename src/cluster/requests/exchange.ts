import { Buffer } from "node:buffer";
import type { Dispatcher } from "undici";
import type { BodyReceiver } from "./body-stream.ts";

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Empty where a receiver has taken it. */
  body: Buffer;
}

/** Whether a status is one of success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Sends one request and reads the whole answer.
 *
 * By the dispatcher's handlers and not by its `request`, which makes a stream of each answer: a restore has one
 * request an object, and these streams took a tenth of its time.
 *
 * @param receiver takes the body of a success while it comes.
 * @throws the signal's reason when it aborts, and what the connection fails with.
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  receiver?: BodyReceiver,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    /** Undefined while no request is under way. */
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
        // Called again where a connection is lost before the request is on its way.
        end();
        abort = () => controller.abort(signal.reason);
        if (signal.aborted) abort();
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
