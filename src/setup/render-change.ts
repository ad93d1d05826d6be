import type { Change } from "./aspect.ts";

const signs = { add: "+", change: "~", remove: "-" } as const;

/**
 * A change for people: what, why, then every value with the old one where there was one, then the
 * risk. Values that stay are left out of a change.
 */
export function renderChange(change: Change): string[] {
  const { action, item, before, after, why, risk } = change;
  const inLine = isPlain(before) && isPlain(after);
  const value = inLine ? plainText(before, after) : "";
  const lines = [`${signs[action]}   ${item}${value}: ${why}`];
  if (!inLine) lines.push(...documentLines(before, after).map((line) => `      ${line}`));
  if (risk !== undefined) lines.push(`!     ${risk}`);
  return lines;
}

function plainText(before: unknown, after: unknown): string {
  if (after === undefined) return "";
  return before === undefined ? ` = ${shown(after)}` : ` ${shown(before)} -> ${shown(after)}`;
}

/** One line for each member that comes, goes or changes. */
function documentLines(before: unknown, after: unknown): string[] {
  const [old, fresh] = [membersOf(before), membersOf(after)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  return names.flatMap((name) => {
    const [from, to] = [old.get(name), fresh.get(name)];
    if (from === undefined) return [`${name}: ${shown(to)}`];
    if (to === undefined)
      return after === undefined ? [`${name}: ${shown(from)}`] : [gone(name, from)];
    if (shown(from) === shown(to)) return [];
    return Array.isArray(from) && Array.isArray(to)
      ? [listLine(name, from, to)]
      : [`${name}: ${shown(from)} -> ${shown(to)}`];
  });
}

function gone(name: string, value: unknown): string {
  return `${name}: ${shown(value)} -> none`;
}

/** For a list: what is added and what is removed; the rest is not shown. */
function listLine(name: string, from: readonly unknown[], to: readonly unknown[]): string {
  const added = to.filter((entry) => !from.includes(entry));
  const removed = from.filter((entry) => !to.includes(entry));
  const parts = [
    added.length > 0 ? `+ ${shown(added)}` : undefined,
    removed.length > 0 ? `- ${shown(removed)}` : undefined,
  ];
  return `${name}: ${parts.filter((part) => part !== undefined).join(" ") || "in another order"}`;
}

/** Every value of a document by the path to it: `Expiration.Days`, `Principal.AWS`. */
function membersOf(value: unknown, path = ""): Map<string, unknown> {
  if (value === undefined) return new Map();
  if (typeof value !== "object" || value === null || isListOfPlain(value)) {
    return new Map([[path, value]]);
  }
  const members = Object.entries(value).map(([name, member]) =>
    membersOf(member, path === "" ? name : `${path}.${name}`),
  );
  return new Map(members.flatMap((each) => [...each]));
}

function isListOfPlain(value: object): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry !== "object");
}

function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null || isListOfPlain(value);
}

/** In one line: a line break in somebody's document must not look like a line of the plan. */
function shown(value: unknown): string {
  const text = Array.isArray(value) ? value.map(String).join(", ") : String(value);
  return /\p{Cc}/u.test(text) ? JSON.stringify(text) : text;
}
