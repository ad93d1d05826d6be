import { expect, it } from "vitest";
import { nameSection } from "../../scripts/docs/name-section.mjs";

const page = (title: string, path: string) =>
  `<title>${title} | sms-api-storage</title><ul class="tsd-breadcrumb">${path}</ul>`;
const current = (name: string) => `<li><a href="" aria-current="page">${name}</a></li>`;

it("a section is a step in the path above its page, and none of the title", () => {
  expect(nameSection(page("Coming from/From boto3", current("Coming from/From boto3")))).toBe(
    page("From boto3", `<li>Coming from</li>${current("From boto3")}`),
  );
});

it("a page without a section stays as it is", () => {
  const own = page("What would you like to do?", current("What would you like to do?"));
  expect(nameSection(own)).toBe(own);
});
