import type { Tag } from "../../core/bucket-settings.ts";
import type { EventSelectors } from "./event-selectors.ts";

/** A trail as the store keeps it. */
export interface TrailRecord {
  readonly accountId: string;
  readonly partition: string;
  /** Its home. */
  readonly region: string;
  readonly name: string;
  readonly bucket: string;
  /** Of its files in the bucket, without a slash at its end. Undefined: none. */
  readonly prefix?: string;
  readonly multiRegion: boolean;
  /** Whether it takes events of services that are the same in all regions, such as IAM. */
  readonly globalEvents: boolean;
  readonly selectors: EventSelectors;
  readonly tags: readonly Tag[];
  readonly logging: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt?: number;
  readonly stoppedAt?: number;
}

/** What became of its files, in milliseconds since 1970. */
export interface DeliveryStatus {
  readonly attemptedAt?: number;
  readonly deliveredAt?: number;
  /** Of the last attempt, as S3 calls it. Undefined: it succeeded. */
  readonly error?: string;
}

export type TrailAddress = Pick<TrailRecord, "accountId" | "partition" | "region" | "name">;

export function trailArn({ accountId, partition, region, name }: TrailAddress): string {
  return `arn:${partition}:cloudtrail:${region}:${accountId}:trail/${name}`;
}

/** The folder of a trail's files in its bucket, with a slash at its end. */
export function logFolder({
  prefix,
  accountId,
}: Pick<TrailRecord, "prefix" | "accountId">): string {
  return `${prefix === undefined ? "" : `${prefix}/`}AWSLogs/${accountId}/CloudTrail/`;
}
