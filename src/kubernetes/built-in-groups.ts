/**
 * Groups that the API server itself serves. What is in others are custom resources, also in such as
 * `gateway.networking.k8s.io`.
 */
const BUILT_IN =
  /^$|^(apps|autoscaling|batch|extensions|policy)$|^(admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io$/;

/** Whether the API server itself serves an API group, which is empty for the core group. */
export function isBuiltIn(group: string): boolean {
  return BUILT_IN.test(group);
}
