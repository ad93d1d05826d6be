import type { JsonObject, JsonValue } from "./call-facts.ts";

type Tree = Map<string, Tree | string>;

/** Deeper than any parameter of AWS; what is deeper is no parameter, and left out. */
const deepest = 12;

/**
 * What a form of AWS's query protocol says, as a tree: `Tags.member.1.Key` is the `Key` of the first of
 * the list `Tags`. `Action` and `Version` are left out. Of a name that is repeated the first counts, as it
 * does for the service.
 */
export function formParameters(fields: readonly (readonly [string, string])[]): JsonObject {
  const root: Tree = new Map();
  for (const [name, value] of fields) {
    if (name === "Action" || name === "Version" || name.startsWith("X-Amz-")) continue;
    const path = name.split(".", deepest + 1);
    if (path.length <= deepest) place(root, path, value);
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
    if (next !== undefined) return;
    const made: Tree = new Map();
    level.set(step, made);
    level = made;
  }
  const last = path.at(-1) ?? "";
  if (!level.has(last)) level.set(last, value);
}

function valueOf(tree: Tree | string): JsonValue {
  if (typeof tree === "string") return tree;
  const members = tree.get("member");
  if (tree.size === 1 && members instanceof Map) return Array.from(members.values(), valueOf);
  return Object.fromEntries(Array.from(tree, ([name, one]) => [name, valueOf(one)]));
}
