/** An answer that no S3 server gives to the request. */
export class ForeignAnswerError extends Error {
  override name = "ForeignAnswerError";
  readonly $metadata: { httpStatusCode: number | undefined };

  /** @param what follows "it answers with ": "an element html". */
  constructor(what: string, status: number | undefined) {
    super(what);
    this.$metadata = { httpStatusCode: status };
  }
}
