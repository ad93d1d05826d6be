import { parseXml, type XmlElement } from "../../src/protocol/xml/parse.ts";
import type { WireResponse } from "../../src/server/testing-fixtures/test-server.ts";
import type { RecordedAnswer, RecordedStep, Tree } from "./read-cases.ts";

/** Stand-ins of the recordings (`<version-id:1>`) -> the value that took their place here. */
export type StandIns = Map<string, string>;

const compared =
  /^(?:etag|last-modified|accept-ranges|content-(?:range|disposition|encoding|language)|cache-control|expires|location|vary|access-control-.+|x-amz-.+)$/;
const neverRecorded = /^x-amz-(?:request-id|id-2)$/;
const oftenDropped = /^x-amz-bucket-region$/;
const encodedNames =
  /^(?:Key|Prefix|Delimiter|Marker|NextMarker|StartAfter|KeyMarker|NextKeyMarker)$/;
const standIn = /<[A-Za-z][\w-]*(?::\d+)?>/g;
/** A stand-in without a number: any value, or any elements. */
const anything = /^<(?!time>)[A-Za-z][\w-]*>$/;
const timestamps =
  /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z|\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT)$/;
/** Ids of which different ones stood for different values. */
const distinct = /^<(?:version-id|upload-id):\d+>$/;

/** Where the answer is not the recorded one, such as `status` or `Error.Code`, without values. */
export function compareAnswer(step: RecordedStep, got: WireResponse, known: StandIns): string[] {
  const { answer, status } = step;
  const places: string[] = [];
  if (status !== undefined && got.status !== status) places.push("status");
  if (answer === undefined) return places;
  places.push(...compareHeaders(answer.headers, got.headers, known));
  if (answer.text !== undefined && !sameText(answer.text, got.text, known)) places.push("body");
  if (answer.document !== undefined) {
    places.push(...compareDocument(answer, got, known));
  }
  return places;
}

function compareHeaders(
  wanted: Readonly<Record<string, string>> | undefined,
  got: Readonly<Record<string, string>>,
  known: StandIns,
): string[] {
  if (wanted === undefined) return [];
  const missing = Object.entries(wanted)
    .filter(([name, value]) => !sameText(value, got[name] ?? "", known))
    .map(([name]) => name);
  const extra = Object.keys(got).filter(
    (name) =>
      compared.test(name) &&
      !neverRecorded.test(name) &&
      !oftenDropped.test(name) &&
      wanted[name] === undefined,
  );
  return [...missing, ...extra];
}

function compareDocument(answer: RecordedAnswer, got: WireResponse, known: StandIns): string[] {
  let root: XmlElement;
  try {
    root = parseXml(got.body);
  } catch {
    return ["document"];
  }
  const [name = "*", tree = ""] = Object.entries(answer.document ?? {})[0] ?? [];
  if (name !== "*" && root.name !== name) return ["document"];
  const context = { known, unordered: answer.unordered ?? [], isError: root.name === "Error" };
  return compareTree(tree, treeOf(root, answer.decoded === true), root.name, context);
}

interface Context {
  readonly known: StandIns;
  readonly unordered: readonly string[];
  readonly isError: boolean;
}

/** An element as the recordings write it: its text, or its children, equal names in a list. */
function treeOf(element: XmlElement, decoded: boolean): Tree {
  if (element.children.length === 0) {
    return decoded && encodedNames.test(element.name)
      ? decodeURIComponent(element.text.replaceAll("+", " "))
      : element.text;
  }
  const tree: Record<string, Tree[]> = {};
  for (const entry of element.children) (tree[entry.name] ??= []).push(treeOf(entry, decoded));
  return tree;
}

function compareTree(wanted: Tree, got: Tree, place: string, context: Context): string[] {
  if (typeof wanted === "string" && anything.test(wanted)) return [];
  if (isList(got) && got.length === 1 && got[0] !== undefined && !isList(wanted)) {
    return compareTree(wanted, got[0], place, context);
  }
  if (typeof wanted === "string") {
    return typeof got === "string" && sameText(wanted, got, context.known) ? [] : [place];
  }
  if (isList(wanted) || isList(got)) {
    return compareLists(listOf(wanted), listOf(got), place, context);
  }
  const ours = typeof got === "string" ? {} : got;
  const names = new Set([...Object.keys(wanted), ...Object.keys(ours)]);
  return [...names].flatMap((name) => {
    const [one, other] = [wanted[name], ours[name]];
    if (one === undefined) return isTolerated(name, other, context) ? [] : [`${place}.${name}`];
    if (other === undefined) return [`${place}.${name}`];
    return compareTree(one, other, `${place}.${name}`, context);
  });
}

/** The recordings have neither the ids of an error nor its empty elements. */
function isTolerated(name: string, tree: Tree | undefined, { isError }: Context): boolean {
  const isEmpty = listOf(tree ?? "").every((one) => one === "");
  return isError && (name === "RequestId" || name === "HostId" || isEmpty);
}

function compareLists(
  wanted: readonly Tree[],
  got: readonly Tree[],
  place: string,
  context: Context,
): string[] {
  if (wanted.length !== got.length) return [`${place} (count)`];
  if (!context.unordered.includes(place.split(".").at(-1) ?? "")) {
    return wanted.flatMap((tree, at) => compareTree(tree, got[at] ?? "", place, context));
  }
  const left = [...got];
  return wanted.flatMap((tree) => {
    const at = left.findIndex((one) => {
      const tried = new Map(context.known);
      return compareTree(tree, one, place, { ...context, known: tried }).length === 0;
    });
    const [taken] = left.splice(Math.max(at, 0), 1);
    return compareTree(tree, taken ?? "", place, context);
  });
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

function listOf(tree: Tree): readonly Tree[] {
  return isList(tree) ? tree : [tree];
}

function sameText(recorded: string, answered: string, known: StandIns): boolean {
  if (recorded === "<time>") return timestamps.test(answered);
  const [wanted, got] = [inOrder(recorded), inOrder(answered)];
  if (wanted === got) return true;
  if (wanted.search(standIn) < 0) return false;
  const names = wanted.match(standIn) ?? [];
  const pattern = wanted
    .split(standIn)
    .map((literal) => literal.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join("([^]+?)");
  const values = new RegExp(`^${pattern}$`).exec(got)?.slice(1);
  if (values === undefined) return false;
  return names.every((name, at) => standsFor(name, values[at] ?? "", known));
}

function standsFor(name: string, value: string, known: StandIns): boolean {
  if (!/:\d+>$/.test(name)) return true;
  const before = known.get(name);
  if (before !== undefined) return before === value;
  if (
    distinct.test(name) &&
    [...known].some(([other, taken]) => distinct.test(other) && taken === value)
  ) {
    return false;
  }
  known.set(name, value);
  return true;
}

/** A policy's text with its members in order; anything else as it is. */
function inOrder(text: string): string {
  if (!text.startsWith("{")) return text;
  try {
    return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
        : value,
    );
  } catch {
    return text;
  }
}
