import type { News } from "./news.ts";

/** Hosts whose incoming webhooks take no other media type than that of plain JSON. */
const PLAIN_JSON = /(^|\.)slack(-gov)?\.com$/;

/**
 * News as a CloudEvent in the JSON format (https://github.com/cloudevents/spec/blob/main/cloudevents/formats/json-format.md),
 * in structured mode. Its extension `text` is what Slack and Mattermost show.
 */
export function cloudEvent(
  { type, text, backup }: News,
  { cluster, at, id }: { cluster: string; at: Date; id: string },
): object {
  return {
    specversion: "1.0",
    id,
    source: `/kube-backup/${encodeURIComponent(cluster)}`,
    type: `kube-backup.${type}`,
    time: at.toISOString(),
    ...(backup === undefined ? {} : { subject: backup }),
    text: `${cluster}: ${text}`,
    datacontenttype: "application/json",
    data: { cluster, message: text, backup: backup ?? null },
  };
}

/** The media type of a CloudEvent, where the receiver takes that. */
export function mediaTypeFor(url: string): string {
  return PLAIN_JSON.test(new URL(url).hostname)
    ? "application/json"
    : "application/cloudevents+json; charset=utf-8";
}
