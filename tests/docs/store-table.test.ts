import { expect, it } from "vitest";
import { dialects } from "../../src/client/dialects/dialect-list.ts";
import { storeDocument } from "./store-table.ts";

// After a change of the data: npm test -- tests/docs -u
it("docs/stores.md says what the client goes by", async () => {
  const document = storeDocument(Object.values(dialects));
  await expect(document).toMatchFileSnapshot("../../docs/stores.md");
});

it("every fact has its evidence", () => {
  for (const { name, title: _title, ...facts } of Object.values(dialects)) {
    for (const [member, { evidence }] of Object.entries(facts)) {
      expect([name, member, evidence.length > 5]).toEqual([name, member, true]);
    }
  }
});
