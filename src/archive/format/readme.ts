/** The text for a person who has no program that reads archives. */
export const README = `This is a backup of a Kubernetes cluster's API objects, made by kube-backup.
It holds Secrets: keep it as safe as you would keep them.

  cluster/RESOURCE.json                   objects without a namespace
  namespaces/NAMESPACE/RESOURCE.json      objects of one namespace
  namespaces/NAMESPACE/RESOURCE-2.json    more of them, where they are many
  ....owners.jsonl                        which objects belong to which, by name
  ....managers.jsonl                      who wrote which fields of an object
  ....status.jsonl                        the status of custom resources' objects
  MANIFEST                                what is in here, from where and when (JSON)

The program brings everything back in the right order, with its owners:

  kube-backup restore BACKUP

By hand, each .json file is something that kubectl takes. The order matters:

  unzip BACKUP.zip -d backup && cd backup
  kubectl apply --server-side -f cluster/namespaces.json
  kubectl apply --server-side -f namespaces/NAMESPACE/configmaps.json
  kubectl apply --server-side -f namespaces/NAMESPACE/secrets.json
  kubectl apply --server-side -f namespaces/NAMESPACE/services.json
  kubectl apply --server-side -f namespaces/NAMESPACE/replicasets.apps.json
  kubectl apply --server-side -f namespaces/NAMESPACE/deployments.apps.json
  kubectl apply --server-side -f namespaces/NAMESPACE/statefulsets.apps.json
  kubectl apply --server-side -f namespaces/NAMESPACE/daemonsets.apps.json

ReplicaSets go before Deployments, which then adopt theirs.

To check that nothing was changed or lost, with sha256sum and jq:

  sha256sum -c MANIFEST.sha256
  jq -r '.files[] | .sha256 + "  " + .path' MANIFEST | sha256sum -c
`;
