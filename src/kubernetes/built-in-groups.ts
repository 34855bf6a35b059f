/**
 * API groups that the API server itself serves. Objects of all other groups are custom resources, also those of
 * `gateway.networking.k8s.io`.
 */
const BUILT_IN =
  /^$|^(apps|autoscaling|batch|extensions|policy)$|^(admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io$/;

/** Whether the API server itself serves an API group. The core group is empty. */
export function isBuiltIn(group: string): boolean {
  return BUILT_IN.test(group);
}
