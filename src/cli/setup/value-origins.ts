import { describeSource, type Settings, type SettingSource } from "../../settings/settings.ts";
import type { CommandContext } from "../context.ts";
import type { OptionValues } from "../option-values.ts";
import type { NamedDesiredFile } from "./read-desired-file.ts";

/** Where a value of the wish came from; what has none is a default. */
export interface ValueOrigin {
  /** As in the file: `policy.access`. */
  readonly path: string;
  readonly source: string;
  /** Where else a value stands, which does not count. */
  readonly insteadOf?: string;
}

/** The options of a command line by the path of what they say. */
const flags: Readonly<Record<string, readonly [option: string, flag: string]>> = {
  owner: ["owner", "--owner"],
  versioning: ["versioning", "--versioning"],
  "policy.access": ["access", "--access"],
  "policy.principals": ["principal", "--principal"],
  "policy.form": ["principalForm", "--principal-form"],
  "policy.tlsOnly": ["tlsOnly", "--tls-only"],
  "policy.minTls": ["minTls", "--min-tls"],
  "policy.guard": ["guard", "--guard"],
  "lifecycle.testPrefix": ["testPrefix", "--test-prefix"],
  "lifecycle.testDays": ["testDays", "--test-days"],
  "lifecycle.noncurrentDays": ["noncurrentDays", "--noncurrent-days"],
  "lifecycle.abortUploadDays": ["abortUploadDays", "--abort-upload-days"],
};

/** Every value of the wish that somebody gave, and where. */
export function valueOrigins(
  context: CommandContext,
  settings: Settings,
  options: OptionValues,
  found: NamedDesiredFile | undefined,
): ValueOrigin[] {
  const given = new Map<string, string>(storeOrigins(context, settings, found));
  for (const [path, [option, flag]] of Object.entries(flags)) {
    if (options[option] !== undefined) given.set(path, `flag ${flag}`);
  }
  if (options["stable"] === true) given.set("policy.form", "flag --stable");
  for (const standing of ["unmanaged", "reset"]) {
    const named = options[standing];
    for (const name of Array.isArray(named) ? named.map(String) : []) {
      const path = name.replace(/-./g, (dash) => dash.charAt(1).toUpperCase());
      given.set(path, `flag --${standing}`);
    }
  }
  if (options["env"] === false) given.set("envFile", "flag --no-env");
  const filed = [...(found?.lines ?? [])].filter(([path]) => path !== "version");
  const lines = new Map(filed.map(([path, line]) => [path, `file ${found?.file} line ${line}`]));
  return [...new Set([...given.keys(), ...lines.keys()])].map((path) => {
    const [flag, line] = [given.get(path), lines.get(path)];
    const insteadOf = flag === undefined ? undefined : line;
    return { path, source: flag ?? line ?? "", ...(insteadOf !== undefined && { insteadOf }) };
  });
}

/** Bucket, region and endpoint where no file says them, or a flag beats it. */
function storeOrigins(
  { flags: onLine }: CommandContext,
  { sources, storageBackend }: Settings,
  found: NamedDesiredFile | undefined,
): [string, string][] {
  const isQumulo = storageBackend === "qumulo";
  const rows: readonly (readonly [string, keyof typeof onLine, SettingSource | undefined])[] = [
    ["bucket", "bucket", isQumulo ? sources.storageQumuloBucket : sources.storageS3Bucket],
    ["region", "region", isQumulo ? undefined : sources.storageS3Region],
    [
      "endpointUrl",
      "endpoint-url",
      isQumulo ? sources.storageQumuloEndpointUrl : sources.storageS3EndpointUrl,
    ],
  ];
  return rows.flatMap(([path, flag, source]): [string, string][] => {
    const isFiled = found?.lines.has(path) === true;
    if (source === undefined || (isFiled && onLine[flag] === undefined)) return [];
    return [[path, describeSource(source)]];
  });
}

/** A line a source; none where no file has a say, since a command line shows itself. */
export function originLines(origins: readonly ValueOrigin[]): string[] {
  const isFiled = origins.some(({ source, insteadOf }) =>
    [source, insteadOf].some((each) => each?.startsWith("file ") === true),
  );
  if (!isFiled) return [];
  const bySource = new Map<string, string[]>();
  for (const { path, source, insteadOf } of origins) {
    const place = /^(.*) line (\d+)$/.exec(source);
    const [group, detail] = place === null ? [source, ""] : [place[1] ?? "", ` (line ${place[2]})`];
    const over = insteadOf === undefined ? "" : `, not ${insteadOf}`;
    bySource.set(group, [...(bySource.get(group) ?? []), `${path}${detail}${over}`]);
  }
  return [...bySource].map(([source, paths]) => `From ${source}: ${paths.join(", ")}`);
}
