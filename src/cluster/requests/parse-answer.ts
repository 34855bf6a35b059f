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
  throw new OperatorError(`${start} answers with something else than a JSON object`, {
    advice: "Check the server of the kubeconfig's context, and the proxies on the way to it",
  });
}
