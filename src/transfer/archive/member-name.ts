/**
 * Why a name cannot stand in an archive, or be unpacked from one; undefined when it can. What it says
 * follows "its name". A folder's name ends in `/`. Names are taken as they stand: nothing is cleaned up,
 * since two names could become one.
 */
export function memberNameFault(name: string): string | undefined {
  const path = name.endsWith("/") ? name.slice(0, -1) : name;
  if (path === "") return "is empty";
  if (path.startsWith("/")) return "begins with /";
  if (/^[A-Za-z]:/.test(path)) return "begins with the letter of a drive";
  if (path.includes("\0")) return "holds a NUL character";
  if (path.includes("\\")) return "holds a backslash, which some systems take for /";
  for (const part of path.split("/")) {
    if (part === "") return "has an empty part (//)";
    if (part === "." || part === "..") return `has a part ${part}`;
  }
  return undefined;
}
