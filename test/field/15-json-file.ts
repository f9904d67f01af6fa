// Source: typicode/lowdb issues #478, #333. read(), change the data, write(): the whole file is written from an old copy.
import type { Property, Rows, Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

type File = { posts: string[] };
const rows: Rows = { "file/db.json": { posts: [] } };
const properties: Property[] = [
  {
    name: "every post is kept",
    kind: "outcome",
    test: ({ rows }) => {
      const n = (rows["file/db.json"] as File).posts.length;
      return n === 3 ? null : `${n} of 3 posts`;
    },
  },
];
const post = (title: string) => async (s: Session) => {
  const data = await s.read<File>("file/db.json");
  await s.write("file/db.json", { posts: [...data.posts, title] });
};
const mutex = (title: string) => async (s: Session) => {
  await s.acquire("db.json", "server");
  try {
    await post(title)(s);
  } finally {
    await s.release("db.json", "server");
  }
};
const tasks = (f: typeof post) => [f("a"), f("b"), f("c")];

export default [
  broken("read, change, write", { rows, tasks: tasks(post), properties }, "every post is kept"),
  right("async-mutex, one process", { rows, tasks: tasks(mutex), properties }),
  broken("async-mutex, two processes", { rows, tasks: tasks(mutex), properties, servers: 2 }, "every post is kept"),
] satisfies readonly Variant[];
