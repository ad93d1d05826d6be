/**
 * AWS's partitions: separate worlds of accounts, ARNs and host names. A region belongs to one.
 * Source: the partitions table of the AWS SDKs (botocore `partitions.json`, 2026-08).
 */
export interface Partition {
  /** As it stands in ARNs: `arn:<id>:s3:::bucket`. */
  readonly id: string;
  /** `s3.<region>.<dnsSuffix>`. */
  readonly dnsSuffix: string;
}

interface PartitionRow extends Partition {
  readonly regionPattern: RegExp;
}

const commercial: PartitionRow = {
  id: "aws",
  dnsSuffix: "amazonaws.com",
  regionPattern: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
};

const rows: readonly PartitionRow[] = [
  commercial,
  { id: "aws-us-gov", dnsSuffix: "amazonaws.com", regionPattern: /^us-gov-\w+-\d+$/ },
  { id: "aws-cn", dnsSuffix: "amazonaws.com.cn", regionPattern: /^cn-\w+-\d+$/ },
  { id: "aws-eusc", dnsSuffix: "amazonaws.eu", regionPattern: /^eusc-\w+-\w+-\d+$/ },
  { id: "aws-iso", dnsSuffix: "c2s.ic.gov", regionPattern: /^us-iso-\w+-\d+$/ },
  { id: "aws-iso-b", dnsSuffix: "sc2s.sgov.gov", regionPattern: /^us-isob-\w+-\d+$/ },
  { id: "aws-iso-e", dnsSuffix: "cloud.adc-e.uk", regionPattern: /^eu-isoe-\w+-\d+$/ },
  { id: "aws-iso-f", dnsSuffix: "csp.hci.ic.gov", regionPattern: /^us-isof-\w+-\d+$/ },
];

/** The partition whose regions look like this one; undefined for a region that AWS could not have. */
export function findPartition(region: string): Partition | undefined {
  const row = rows.find(({ regionPattern }) => regionPattern.test(region));
  return row === undefined ? undefined : { id: row.id, dnsSuffix: row.dnsSuffix };
}

/** As `findPartition`, with the commercial partition for regions of other stores, such as `auto`. */
export function partitionOfRegion(region: string): Partition {
  return findPartition(region) ?? { id: commercial.id, dnsSuffix: commercial.dnsSuffix };
}

/**
 * Whether a text can be the name of some store's region. Whoever answers may say anything, and what a
 * remedy names is copied into a shell.
 */
export function isRegionName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(text);
}

/** The partition's id in an ARN; undefined when the text is no ARN. */
export function partitionOfArn(arn: string): string | undefined {
  return /^arn:(aws[a-z-]*):[^:]*:[^:]*:[^:]*:./.exec(arn)?.[1];
}

/** True for a host of AWS itself, so that path style and other customs of foreign stores do not apply. */
export function isAwsHost(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  if (name.endsWith(".api.aws") || name.endsWith(".amazonwebservices.com.cn")) return true;
  return rows.some(({ dnsSuffix }) => name.endsWith(`.${dnsSuffix}`));
}
