/**
 * A user and a password in a URL, also where the password has an @ or a / in it. The whole text may be one, with a space in it.
 * One that was taken for the path of a file has lost a slash. A `file:` URL has no user, and may have an @ in a folder's name.
 */
const userinfo = /^((?!file:)[a-z][a-z\d+.-]*:\/\/).*@|(\b(?!file:)[a-z][a-z\d+.-]*:\/\/?)(?!user:password@)\S*@/gi;
/** Without its slashes it is no URL, and is quoted as such. */
const slashless = /\b((?:postgres(?:ql)?|mysql|mariadb|rediss?):)(?!\/)\S*@/gi;
/** And in its query, as PostgreSQL takes them, or as somebody thinks that it is taken. */
const parameters = /(?<=[?&])(?:user|(?:ssl)?passw(?:or)?d|pass|pwd|auth)=[^&\s"'`<>]*&?/gi;
/** What is left of a query that held nothing else. */
const emptied = /((?::\/\/|\bpostgres:)\S*?)[?&](?=\s|["'`<>]|$)/g;

/**
 * The text as it may be shown: no URL in it has a user or a password. Everything that is shown or written passes through here
 * once more at the places where text leaves the program (`commands/out.ts`, `report/span.ts`), whoever made it. The words
 * "user:password" are those of an example.
 */
export function withoutCredentials(text: string): string {
  if (!/:\/|postgres|mysql|mariadb|redis/i.test(text)) return text;
  const bare = text.replace(userinfo, (found, whole?: string, within?: string) =>
    /^\S*user:password@$/.test(found) ? found : (whole ?? within ?? ""),
  );
  return bare.replace(slashless, "$1").replace(parameters, "").replace(emptied, "$1");
}
