import { regionForm } from "../../shapes/text-form.ts";
import { trailLimits } from "../../core/trail-limits.ts";
import { worldLimits } from "../../core/world-limits.ts";
import { tagKeyForm, tagValueForm } from "../identities/text-forms.ts";
import { dataResourceTypes, selectorFields } from "../trail/event-selectors.ts";
import { bucketNameForm, fileForm, selectorTextForm, trailPrefixForm } from "./forms.ts";
import {
  defaulted,
  flag,
  list,
  named,
  object,
  oneOf,
  optional,
  type ReadOf,
  required,
  type Shape,
  text,
} from "../../shapes/shape.ts";

const texts = (description: string, most: number): Shape<readonly string[]> =>
  list(text(selectorTextForm, "A text."), description, { most });
const values = (description: string) => optional(texts(description, trailLimits.advancedValues));

/** The two kinds of selectors in CloudTrail's own words, as PutEventSelectors takes them. */
const basicShape = object(
  {
    ReadWriteType: defaulted(oneOf(["All", "ReadOnly", "WriteOnly"], "Which calls."), "All"),
    IncludeManagementEvents: defaulted(flag("Takes management events."), true),
    DataResources: defaulted(
      list(
        object(
          {
            Type: required(oneOf(dataResourceTypes, "The type of what is recorded.")),
            Values: required(texts("ARNs, as arn:aws:s3:::bucket/.", trailLimits.dataResources)),
          },
          "Whose data events are recorded.",
        ),
        "Data events; none by default.",
        { most: trailLimits.dataResources },
      ),
      [],
    ),
    ExcludeManagementEventSources: defaulted(
      texts("Services whose management events are left out.", trailLimits.dataResources),
      [],
    ),
  },
  "A basic event selector.",
);

const advancedShape = object(
  {
    Name: optional(text(selectorTextForm, "What it is for.")),
    FieldSelectors: required(
      list(
        object(
          {
            Field: required(oneOf(selectorFields, "What is looked at.")),
            Equals: values("One of them exactly."),
            StartsWith: values("Starts with one of them."),
            EndsWith: values("Ends with one of them."),
            NotEquals: values("None of them."),
            NotStartsWith: values("Starts with none of them."),
            NotEndsWith: values("Ends with none of them."),
          },
          "A condition on one field.",
        ),
        "Conditions that all hold.",
        { most: trailLimits.advancedValues },
      ),
    ),
  },
  "An advanced event selector.",
);

export const trailShape = object(
  {
    bucket: required(
      text(
        bucketNameForm,
        "The bucket that its files go to, declared in this world. Without a policy of its own it gets " +
          "the one that CloudTrail needs.",
      ),
    ),
    prefix: optional(text(trailPrefixForm, "What its files' keys start with.")),
    region: optional(text(regionForm, "Its home. Left out: the server's.")),
    multiRegion: defaulted(flag("Takes the events of all regions."), false),
    globalEvents: defaulted(flag("Takes events of services without a region, such as IAM."), true),
    logging: defaulted(flag("Whether it records."), true),
    eventSelectors: optional(
      list(basicShape, "Which events. Left out: all management events.", {
        most: trailLimits.basicSelectors,
      }),
    ),
    advancedEventSelectors: optional(
      list(advancedShape, "Which events, in place of eventSelectors.", {
        most: trailLimits.advancedValues,
      }),
    ),
    file: optional(
      text(fileForm, "Gets its events as lines of JSON, too; relative to the world file."),
    ),
    tags: defaulted(
      named(tagKeyForm, text(tagValueForm, "The tag's value."), "Tags.", {
        most: worldLimits.tags,
      }),
      {},
    ),
  },
  "A trail of CloudTrail.",
);
export type WorldTrail = ReadOf<typeof trailShape>;
