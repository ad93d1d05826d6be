import type { JsonObject, JsonValue } from "./call-facts.ts";

type Tree = Map<string, Tree | string>;

/**
 * What a form of AWS's query protocol says, as a tree: `Tags.member.1.Key` is the `Key` of the first of
 * the list `Tags`. `Action` and `Version` are left out.
 */
export function formParameters(fields: readonly (readonly [string, string])[]): JsonObject {
  const root: Tree = new Map();
  for (const [name, value] of fields) {
    if (name === "Action" || name === "Version" || name.startsWith("X-Amz-")) continue;
    place(root, name.split("."), value);
  }
  const told = valueOf(root);
  return typeof told === "object" && told !== null && !Array.isArray(told)
    ? (told as JsonObject)
    : {};
}

function place(root: Tree, path: readonly string[], value: string): void {
  let level = root;
  for (const step of path.slice(0, -1)) {
    const next = level.get(step);
    if (next instanceof Map) {
      level = next;
      continue;
    }
    const made: Tree = new Map();
    level.set(step, made);
    level = made;
  }
  level.set(path.at(-1) ?? "", value);
}

function valueOf(tree: Tree | string): JsonValue {
  if (typeof tree === "string") return tree;
  const members = tree.get("member");
  if (tree.size === 1 && members instanceof Map) return Array.from(members.values(), valueOf);
  return Object.fromEntries(Array.from(tree, ([name, one]) => [name, valueOf(one)]));
}
