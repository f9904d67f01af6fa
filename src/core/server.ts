/**
 * The number of a server, from 1. A server is one process of the application; it may be a group of threads or a process
 * of its own. Every session runs on one. A store is told the number when a connection is opened: a lock of scope "server"
 * is kept under the server's name, and all other operations are the same on every server. The explorer deals tasks out to
 * servers in turn, the hammer its threads.
 */
export type Server = number;

/** Requests and workers are dealt out in turn, as a load balancer does: servers 1, 2, 1, 2… */
export const serverOf = (index: number, servers: number): Server => (index % servers) + 1;
