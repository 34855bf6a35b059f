import type { S3Server } from "../servers/s3-server.ts";

/** The program's environment for a cluster and a bucket, as a pod or a laptop would have it. */
export function programEnvironment(
  { kubeconfig }: { kubeconfig: string },
  s3: Pick<S3Server, "endpoint" | "accessKeyId" | "secretAccessKey">,
  bucket: string,
  more: Record<string, string> = {},
): Record<string, string> {
  return {
    KUBECONFIG: kubeconfig,
    S3TARGET: `s3://${bucket}/clusters/blue`,
    ENDPOINT_URI: s3.endpoint,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    FREQUENCY: "1",
    MAXRESTOREAGE: "60",
    ...more,
  };
}
