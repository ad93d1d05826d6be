import type { Change } from "../aspect.ts";
import { defineAspect } from "../define-aspect.ts";

type Values = Readonly<Record<string, string>>;

/** The guide's step 8: plain `NAME=value` lines, and never a key. */
export const envFileAspect = defineAspect<Values>({
  name: "env-file",
  title: ".env",
  needsBucket: false,
  unmanaged: ({ envFile }) => envFile === "unmanaged",
  read: async ({ envFile }, desired) => {
    if (envFile === undefined || desired.envFile === "unmanaged") return undefined;
    return envFile.read(Object.keys(desired.envFile));
  },
  put: async ({ envFile }, _desired, document) => {
    await envFile?.write(document);
  },
  draft: (desired, current) => {
    const wish = desired.envFile;
    if (wish === "unmanaged") return { document: undefined, changes: [], summary: "" };
    // `undefined`: no `.env` was asked for, unlike a file that lacks the values.
    if (current === undefined) {
      return {
        document: undefined,
        changes: [],
        idle: "unmanaged",
        summary: "no file was asked for",
      };
    }
    const changes = Object.entries(wish).flatMap(([name, value]): Change[] =>
      current[name] === value ? [] : [changeOf(name, current[name], value)],
    );
    const summary = Object.keys(wish).join(", ");
    return {
      document: wish,
      changes,
      summary,
      ofAnother: ofAnother(desired.bucket, wish, current),
    };
  },
});

/** A file that names another bucket, or none, is somebody's for something else. */
function ofAnother(bucket: string, wish: Values, current: Values): string | undefined {
  const name = Object.keys(wish).find((each) => wish[each] === bucket);
  if (name === undefined || current[name] === bucket) return undefined;
  const named = current[name];
  return named === undefined ? `${name} does not stand in it` : `it is for the bucket ${named}`;
}

function changeOf(name: string, before: string | undefined, after: string): Change {
  return {
    action: before === undefined ? "add" : "change",
    item: name,
    before,
    after,
    why: "programs find the bucket by it",
    ...(before !== undefined && { risk: `programs that use this file go on with ${after}` }),
  };
}
