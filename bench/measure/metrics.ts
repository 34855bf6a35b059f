/**
 * Counts the requests of administrators in the API server's metrics. Priority and fairness counts each request by
 * flow schema; requests of the group system:masters have the flow schema `exempt`. Controllers use ServiceAccounts,
 * which have other flow schemas.
 *
 * @throws {Error} when the metrics have no such count.
 */
export function countRequests(metrics: string): number {
  const lines = metrics.matchAll(
    /^apiserver_flowcontrol_dispatched_requests_total\{[^}]*flow_schema="exempt"[^}]*\} (\S+)$/gm,
  );
  const counts = [...lines].map(([, count]) => Number(count));
  if (counts.length === 0) throw new Error("Cannot count requests: the API server's metrics do not tell");
  return counts.reduce((sum, count) => sum + count, 0);
}
