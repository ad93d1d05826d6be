/** The folder of ours inside the folder of objects. */
export const ownFolder = ".sms-storage";

/** Ends the name of an object's file where a folder has the plain name. */
export const besideFolder = "%file";

/** How names are written where the file system takes less than any text. */
export interface NameRules {
  /** It takes names for the same that differ in case or in the composition of letters. */
  readonly foldsNames: boolean;
  /** Windows has further characters that no name holds. */
  readonly isWindows: boolean;
}

/**
 * Bytes from which on a name goes on in a folder; a character more may stand in it. Most file systems
 * take 255.
 */
const longName = 188;
/** Ends the name of a folder whose child goes on with the same segment. */
const goesOn = "%+";
/** What no character is left of. */
const nothing = "%";

/**
 * The names of folders and file under which a key is kept. Plain keys keep their plain names. Any text
 * is a key, so: `%XX` for bytes that no name holds, `%` for an empty segment, and segments too long
 * for a name go on in a folder of their own.
 */
export function namesOfKey(key: string, rules: NameRules): string[] {
  return key.split("/").flatMap((segment, index) => namesOfSegment(segment, index === 0, rules));
}

function namesOfSegment(segment: string, isFirst: boolean, rules: NameRules): string[] {
  const isOurs = isFirst && segment.toLowerCase() === ownFolder;
  if (isOurs) return [segment.replace(".", "%2E")];
  const units = Array.from(segment, (character) => written(character, rules));
  const names: string[] = [];
  let from = 0;
  while (bytesOf(units, from) >= longName) {
    const end = cutOf(units, from);
    names.push(`${units.slice(from, end).join("")}${goesOn}`);
    from = end;
  }
  const last = units.slice(from).join("");
  return [...names, nameOfRest(last, rules)];
}

function nameOfRest(rest: string, rules: NameRules): string {
  if (rest === "") return nothing;
  return rest === "." || rest === ".." ? rest.replaceAll(".", "%2E") : closed(rest, rules);
}

function written(character: string, { foldsNames, isWindows }: NameRules): string {
  const isPlain =
    character > "\u001f" &&
    !"%\\/\u007f".includes(character) &&
    !(isWindows && '<>:"|?*'.includes(character)) &&
    !(foldsNames && (character > "\u007f" || /[A-Z]/.test(character)));
  if (isPlain) return character;
  return Array.from(Buffer.from(character, "utf8"), escaped).join("");
}

const escaped = (byte: number): string => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;

/** Windows takes a dot or a space off the end. */
function closed(name: string, { isWindows }: NameRules): string {
  if (!isWindows || !/[. ]$/.test(name)) return name;
  return `${name.slice(0, -1)}${escaped(name.charCodeAt(name.length - 1))}`;
}

const bytesOf = (units: readonly string[], from: number): number =>
  units.slice(from).reduce((sum, unit) => sum + Buffer.byteLength(unit), 0);

/** By what comes before it alone, so that all names that begin so are cut at the same place. */
function cutOf(units: readonly string[], from: number): number {
  let bytes = 0;
  let end = from;
  while (bytes < longName) {
    bytes += Buffer.byteLength(units[end] ?? "");
    end += 1;
  }
  return end;
}

/** What a name adds to the keys below it. Undefined: no name of ours. */
export function keyPartOf(name: string, isFolder: boolean): string | undefined {
  if (name === nothing) return isFolder ? "/" : "";
  if (isFolder && name.endsWith(goesOn)) return unescaped(name.slice(0, -goesOn.length));
  const plain =
    !isFolder && name.endsWith(besideFolder) ? name.slice(0, -besideFolder.length) : name;
  const part = plain === nothing ? "" : unescaped(plain);
  return part === undefined || !isFolder ? part : `${part}/`;
}

function unescaped(name: string): string | undefined {
  if (!name.includes("%")) return name;
  if (/%(?![0-9A-F]{2})/.test(name)) return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}
