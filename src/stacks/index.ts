/** All snippets, by stack. */
import { django } from "./django.js";
import { jpa } from "./jpa.js";
import { pg } from "./pg.js";
import { prisma } from "./prisma.js";
import { redis } from "./redis.js";
import type { Snippets, StackId } from "./snippet.js";

export const snippets: { readonly [stack in StackId]: Snippets } = { pg, django, jpa, prisma, redis };
