/**
 * A server is one process of the application, by its number from 1. Every session runs on one; a store is
 * told which when a line is opened, and so knows whose in-process lock is meant. A server may be a group of
 * threads or a process of its own: nothing but the number crosses over.
 */
export type Server = number;

/** Requests and workers are dealt out in turn, as a load balancer does: servers 1, 2, 1, 2… */
export const serverOf = (index: number, servers: number): Server => (index % servers) + 1;
