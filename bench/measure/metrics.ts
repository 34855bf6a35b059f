/**
 * Requests that administrators have sent, from the API server's metrics: priority and fairness counts each request
 * by its flow schema, and that of the group system:masters is `exempt`. ServiceAccounts, as which controllers work,
 * have others.
 *
 * @throws {Error} where the metrics do not tell.
 */
export function countRequests(metrics: string): number {
  const lines = metrics.matchAll(
    /^apiserver_flowcontrol_dispatched_requests_total\{[^}]*flow_schema="exempt"[^}]*\} (\S+)$/gm,
  );
  const counts = [...lines].map(([, count]) => Number(count));
  if (counts.length === 0) throw new Error("Cannot count requests: the API server's metrics do not tell");
  return counts.reduce((sum, count) => sum + count, 0);
}
