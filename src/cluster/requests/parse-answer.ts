import { OperatorError } from "../../errors.ts";

/**
 * Parses a small answer. That of a proxy on the way, such as a page to sign in on, is a matter for people, and no defect.
 *
 * @param start of the message of the error, "Cannot ask …: https://…".
 * @throws {OperatorError} where the answer is no JSON object.
 */
export function parseAnswer(text: string, start: string): object {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // The message of a SyntaxError quotes the text.
  }
  if (typeof answer === "object" && answer !== null) return answer;
  throw foreignAnswerError(start, "a JSON object");
}

/**
 * The error where a server answers with something else than an API server does.
 *
 * @param start of the message, "Cannot ask …: https://…".
 * @param expected "a list of API groups".
 */
export function foreignAnswerError(start: string, expected: string): OperatorError {
  return new OperatorError(`${start} answers with something else than ${expected}`, {
    advice: "Check the server of the kubeconfig's context, and the proxies on the way to it",
  });
}
