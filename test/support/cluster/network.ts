/** Where a control plane listens. */
export interface Network {
  /** Address that every server of it listens on, and that this process can reach. */
  address: string;
  /** Command line that starts a process where that address is. */
  prefix: readonly string[];
}

/** This machine's own. */
export const LOOPBACK: Network = { address: "127.0.0.1", prefix: [] };
