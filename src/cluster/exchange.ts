import { Buffer } from "node:buffer";
import type { Dispatcher } from "undici";

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/**
 * Sends one request and reads the whole answer.
 *
 * By the dispatcher's handlers and not by its `request`, which makes a stream of each answer: a restore has one
 * request an object, and these streams took a tenth of its time.
 *
 * @throws the signal's reason when it aborts, and what the connection fails with.
 */
export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let abort: (() => void) | undefined;
    let status = 0;
    let headers: Answer["headers"] = {};
    const chunks: Buffer[] = [];
    const end = () => {
      if (abort !== undefined) signal.removeEventListener("abort", abort);
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
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
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
