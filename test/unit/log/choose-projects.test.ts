import { expect, test } from "@jest/globals";
import { chooseProjects } from "../../../src/log/choose-projects.ts";

const end = { title: "", isUnwell: false, seconds: 1, details: () => [] };

/** How many of so many projects are told of. */
function told(projects: number, given: Partial<typeof end> = {}): number {
  const isTold = chooseProjects();
  return Array.from({ length: projects }, () => isTold({ ...end, ...given, projects })).filter(Boolean).length;
}

test("all of up to 200 projects are told of, and of more none that went well", () => {
  expect(told(1)).toBe(1);
  expect(told(200)).toBe(200);
  expect(told(201)).toBe(0);
});

test("of more those that took a minute or had a problem, 200 at most", () => {
  expect(told(201, { seconds: 60 })).toBe(200);
  expect(told(5000, { isUnwell: true })).toBe(200);
});

test("those that took long leave room for those that had a problem", () => {
  const isTold = chooseProjects();
  for (let count = 0; count < 300; count++) isTold({ ...end, seconds: 60, projects: 5000 });
  expect(isTold({ ...end, isUnwell: true, projects: 5000 })).toBe(true);
});
