import { constants } from "node:fs/promises";
import { describe, expect, test } from "@jest/globals";
import { permitted } from "../../../src/preflight/permitted.ts";
import { emptyDirectories } from "../../support/tree.ts";

const emptyDirectory = emptyDirectories();
const { R_OK, W_OK, X_OK } = constants;
const all = "000001ffffffffff";
const none = "0000000000000000";
const nobody = 65_534;

const having = (capabilities: string) => () => `Name:\tnode\nCapEff:\t${capabilities}\nCapBnd:\t${all}\n`;
/** An answer of access(2) that is no. */
const no = (code: string) => async (): Promise<void> => {
  throw Object.assign(new Error(code), { code });
};

describe("a directory", () => {
  test("that modes open is permitted without capabilities", async () => {
    await expect(permitted(emptyDirectory(), R_OK | W_OK | X_OK, undefined, having(none))).resolves.toBeUndefined();
  });

  test.each([
    ["CAP_DAC_OVERRIDE", "0000000000000002", R_OK | W_OK | X_OK],
    ["CAP_DAC_READ_SEARCH", "0000000000000004", R_OK | X_OK],
  ])("that modes close is permitted to %s", async (_name, capabilities, mode) => {
    await expect(permitted("/closed", mode, no("EACCES"), having(capabilities), nobody)).resolves.toBeUndefined();
  });

  test.each([
    ["to nobody else", none, R_OK],
    ["to who may only read, if it is to be written", "0000000000000004", R_OK | W_OK],
    ["by other capabilities", "00000000000000f9", R_OK],
  ])("is not permitted %s", async (_to, capabilities, mode) => {
    await expect(permitted("/closed", mode, no("EACCES"), having(capabilities), nobody)).rejects.toMatchObject({
      code: "EACCES",
    });
  });

  test("is not permitted to root where root is told no: what says so is beyond capabilities", async () => {
    await expect(permitted("/squashed", R_OK, no("EACCES"), having(all), 0)).rejects.toMatchObject({ code: "EACCES" });
  });

  test.each(["ENOENT", "EROFS", "EIO"])("is not permitted by any capability where the answer is %s", async (code) => {
    await expect(permitted("/other", W_OK, no(code), having(all))).rejects.toMatchObject({ code });
  });

  test("is not permitted where the kernel tells nothing of capabilities", async () => {
    const hidden = (): string => {
      throw new Error("hidden");
    };
    await expect(permitted("/closed", R_OK, no("EACCES"), hidden)).rejects.toMatchObject({ code: "EACCES" });
  });
});
