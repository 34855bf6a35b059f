/** A Lease in memory, with the optimistic concurrency of the API server, and clocks that stand still. */

import type { LeaseClient } from "../../../src/lease/lease-client.ts";
import { type LeaseRecord, type LeaseToWrite, microTime } from "../../../src/lease/lease-record.ts";

export class MemoryLease implements Pick<LeaseClient, "title" | "read" | "write"> {
  readonly title = "kube-system/kube-backup";
  record: LeaseRecord | undefined;
  writes = 0;
  /** Thrown by the next requests. */
  fault: Error | undefined;
  /** Runs after a write has reached the Lease, and before its answer arrives. */
  beforeAnswer: (() => void) | undefined;
  #version = 0;

  read(): Promise<LeaseRecord | undefined> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    return Promise.resolve(this.record && { ...this.record });
  }

  write({ resourceVersion, renewed, ...lease }: LeaseToWrite): Promise<LeaseRecord | undefined> {
    if (this.fault !== undefined) return Promise.reject(this.fault);
    if (resourceVersion !== this.record?.resourceVersion) return Promise.resolve(undefined);
    this.put({ ...lease, renewed: microTime(renewed) });
    this.writes += 1;
    this.beforeAnswer?.();
    return this.read();
  }

  /** What another process writes. */
  put(lease: Omit<LeaseRecord, "resourceVersion" | "renewed"> & Partial<Pick<LeaseRecord, "renewed">>): void {
    this.record = { renewed: this.record?.renewed, ...lease, resourceVersion: String(++this.#version) };
  }
}

export class TestClocks {
  wall = Date.parse("2026-01-31T12:00:00Z");
  uptime = 1_000;
  now = () => new Date(this.wall);
  monotonic = () => this.uptime;

  pass(milliseconds: number): void {
    this.wall += milliseconds;
    this.uptime += milliseconds;
  }
}
