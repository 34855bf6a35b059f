import { items, member } from "../kubernetes/object-facts.ts";
import { isClaimed } from "./claimed-fields.ts";
import { type FieldRule, removeFinalizers } from "./field-rule.ts";
import { ownedPorts } from "./owned-node-ports.ts";

/** Fields of a Service that the API server, or the controller of a cloud, chooses among what this cluster has. */
export const SERVICE_FIELDS: readonly FieldRule[] = [
  {
    kind: "Service",
    what: "`spec.clusterIP` and `spec.clusterIPs`, unless headless (`None`) or claimed by a field manager",
    reason: "Addresses of this cluster's range, which the next one may not have or may have given away",
    remove: (object) => {
      const spec = member(object, "spec");
      if (spec["clusterIP"] === "None") return;
      const all = isClaimed(object, ["spec", "clusterIPs"]) === true;
      // The first of the addresses must be the address.
      if (!all && isClaimed(object, ["spec", "clusterIP"]) !== true) delete spec["clusterIP"];
      if (!all) delete spec["clusterIPs"];
    },
  },
  {
    kind: "Service",
    what: "`spec.ipFamilies`, `spec.ipFamilyPolicy` and `spec.loadBalancerClass`, each where no field manager claims it",
    reason:
      "The API server, or the webhook of a cloud, chose among what this cluster has; one that a person chose is kept",
    remove: (object) => {
      for (const field of ["ipFamilies", "ipFamilyPolicy", "loadBalancerClass"])
        if (isClaimed(object, ["spec", field]) === false) delete member(object, "spec")[field];
    },
  },
  {
    kind: "Service",
    what: "`spec.healthCheckNodePort`, where no field manager claims it",
    reason: "A port of this cluster's range; the API server gives a new one",
    remove: (object) => {
      if (isClaimed(object, ["spec", "healthCheckNodePort"]) !== true)
        delete member(object, "spec")["healthCheckNodePort"];
    },
  },
  {
    kind: "Service",
    what: "`spec.ports[].nodePort`, where no field manager claims it",
    reason: "The API server chose it; one that a person chose is kept",
    remove: (object) => {
      const owned = ownedPorts(object);
      if (owned === undefined) return;
      for (const port of items(member(object, "spec"), "ports")) {
        if (!owned.has(`${port["port"]}/${port["protocol"]}`)) delete port["nodePort"];
      }
    },
  },
  {
    kind: "Service",
    what: "the finalizer `service.kubernetes.io/load-balancer-cleanup`",
    reason:
      "A cloud's controller puts it there again; where none runs, nobody would take it off, and the Service could not be deleted",
    remove: (object) => removeFinalizers(object, /^service\.kubernetes\.io\/load-balancer-cleanup$/),
  },
];
