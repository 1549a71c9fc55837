/** @type {import("jest").Config} */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // Minutes of faults, for npm run test:torture alone, and workflows, which need act, for npm run test:runner alone.
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/torture/", "<rootDir>/test/runner/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "^.+\\.ts$": "<rootDir>/scripts/jest-transform.mjs" },
  // Tests start real rsyncs on a machine that may be busy; a hang should still end.
  testTimeout: 120_000,
};
