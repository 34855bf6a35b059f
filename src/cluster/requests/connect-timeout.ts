/** How long a connection, and the answer to the first small request, is waited for, in milliseconds. */
export const CONNECT_TIMEOUT = 10_000;
