export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

export type JsonObject = Readonly<Record<string, JsonValue>>;

/** A resource of an event, as its record names it. */
export interface TrailResource {
  readonly accountId?: string;
  readonly type: string;
  readonly ARN?: string;
  /** Of a call about many objects. */
  readonly ARNPrefix?: string;
}

/** What a call was, whichever service it went to. */
export interface CallFacts {
  /** `s3.amazonaws.com` */
  readonly eventSource: string;
  readonly eventName: string;
  readonly region: string;
  /** The service is the same in all regions. */
  readonly isGlobal: boolean;
  readonly category: "Management" | "Data";
  readonly readOnly: boolean;
  readonly requestParameters: JsonObject | null;
  readonly responseElements: JsonObject | null;
  readonly additionalEventData?: JsonObject;
  readonly resources: readonly TrailResource[];
  readonly userAgent: string | undefined;
  readonly error: { readonly code: string; readonly message: string } | undefined;
  /** The account of the resource. Undefined: the caller's. */
  readonly ownerAccountId?: string | undefined;
}
