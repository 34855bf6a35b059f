/** The settings of S3 stores as `settings` reads them and `store/s3` uses them. */

/**
 * How requests name the bucket: in the path, or as the first part of the host's name. "auto" is what works with most
 * servers: the path on a server that is named, and the SDK's choice, mostly the host, at Amazon's.
 */
export type S3Addressing = "auto" | "path" | "virtual";

/** Server-side encryption. https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html */
export type S3Encryption = "AES256" | "aws:kms" | "aws:kms:dsse";

/**
 * Object lock: until then nobody removes the version of an object, in the mode `governance` nobody without the right to
 * bypass it. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 */
export interface ObjectLock {
  mode: "governance" | "compliance";
  /** For how long from the beginning of the upload. */
  days: number;
}

/** What every request that begins an object asks for: some buckets' policies demand it. */
export interface S3WriteOptions {
  /** The bucket's default encryption otherwise. */
  sse?: S3Encryption;
  /** The KMS key; the bucket's or the account's otherwise. Only with KMS. */
  sseKmsKeyId?: string;
  /** The bucket's default storage class otherwise. */
  storageClass?: string;
  /** For backups and their notes, which nobody changes; the bucket's default otherwise. */
  lock?: ObjectLock;
  /** Tags of the objects, by key. */
  tags?: Readonly<Record<string, string>>;
}
